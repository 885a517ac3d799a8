/** Comments and attributes that exclude code from coverage reports. */
const MARKERS: readonly RegExp[] = [
  /\b(?:c8|v8|istanbul) ignore\b|\bnode:coverage (?:ignore|disable)\b/,
  /\bpragma:?\s*no\s*(?:cover|branch)\b/i,
  /\b(?:LCOV|GCOVR?|GRCOV)_EXCL|\bcoverage:ignore/,
  /:nocov:|@codeCoverageIgnore|\bExcludeFromCodeCoverage\b|\bcoverage\(off\)|\btarpaulin\b/,
];

/** Whether a line excludes code from a coverage report. */
export function isCoverageMarker(line: string): boolean {
  return MARKERS.some((marker) => marker.test(line));
}
