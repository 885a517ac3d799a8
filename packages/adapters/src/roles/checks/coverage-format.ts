import { BatonError } from '@baton/core';
import { parseCoberturaReport } from './cobertura-report.ts';
import type { CoverageReport } from './coverage-report.ts';
import { parseGoReport } from './go-report.ts';
import { parseIstanbulReport } from './istanbul-report.ts';
import { parseJacocoReport } from './jacoco-report.ts';
import { parseLcovReport } from './lcov-report.ts';

type Parse = (text: string) => CoverageReport;

/** Supported formats of coverage reports. `istanbul` means its `json-summary` or `json`. */
export const COVERAGE_FORMATS = ['lcov', 'istanbul', 'cobertura', 'jacoco', 'go'] as const;

/** One of {@link COVERAGE_FORMATS}. */
export type CoverageFormat = (typeof COVERAGE_FORMATS)[number];

const PARSERS: Readonly<Record<CoverageFormat, Parse>> = {
  lcov: parseLcovReport,
  istanbul: parseIstanbulReport,
  cobertura: parseCoberturaReport,
  jacoco: parseJacocoReport,
  go: parseGoReport,
};

const BY_ENDING: readonly (readonly [ending: string, parse: Parse])[] = [
  ['.info', parseLcovReport],
  ['.json', parseIstanbulReport],
  ['.xml', parseXmlCoverage],
  ['.out', parseGoReport],
  ['.coverprofile', parseGoReport],
];

/**
 * Chooses the parser of a coverage report.
 *
 * @param format absent: the path's extension decides.
 * @throws BatonError `invalid_input` for an unknown format or extension.
 */
export function coverageParser(path: string, format: CoverageFormat | undefined): Parse {
  const found =
    format === undefined
      ? BY_ENDING.find(([ending]) => path.endsWith(ending))?.[1]
      : Object.hasOwn(PARSERS, format) && PARSERS[format];
  if (found) return found;
  throw new BatonError(
    'invalid_input',
    `the format of the coverage report ${JSON.stringify(path)} is ${format ?? 'not clear from its name'}; expected coverageFormat ${COVERAGE_FORMATS.join(', ')}`,
    { legal: COVERAGE_FORMATS },
  );
}

/** Reads XML of Cobertura or JaCoCo, whichever the root element shows. */
function parseXmlCoverage(xml: string): CoverageReport {
  const isJacoco = /<report[\s>]/.test(xml) && !/<coverage[\s>]/.test(xml);
  return isJacoco ? parseJacocoReport(xml) : parseCoberturaReport(xml);
}
