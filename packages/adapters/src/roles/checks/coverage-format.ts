import { BatonError } from '@baton/core';
import { parseCoberturaReport } from './cobertura-report.ts';
import type { CoverageReport } from './coverage-report.ts';
import { parseIstanbulReport } from './istanbul-report.ts';
import { parseLcovReport } from './lcov-report.ts';

const PARSERS = {
  lcov: parseLcovReport,
  istanbul: parseIstanbulReport,
  cobertura: parseCoberturaReport,
} as const satisfies Record<string, (text: string) => CoverageReport>;

/** `istanbul` is its `json-summary` report. */
export type CoverageFormat = keyof typeof PARSERS;

const BY_ENDING: readonly (readonly [ending: string, format: CoverageFormat])[] = [
  ['.info', 'lcov'],
  ['.json', 'istanbul'],
  ['.xml', 'cobertura'],
];

/**
 * The parser of a coverage report.
 *
 * @param format absent: told from the path's ending.
 * @throws BatonError `invalid_input` when the format is unknown or cannot be told.
 */
export function coverageParser(
  path: string,
  format: CoverageFormat | undefined,
): (text: string) => CoverageReport {
  const found = format ?? BY_ENDING.find(([ending]) => path.endsWith(ending))?.[1];
  if (found !== undefined && Object.hasOwn(PARSERS, found)) return PARSERS[found];
  const legal = Object.keys(PARSERS);
  throw new BatonError(
    'invalid_input',
    `the format of the coverage report ${JSON.stringify(path)} is ${format ?? 'not told by its name'}; expected coverageFormat ${legal.join(', ')}`,
    { legal },
  );
}
