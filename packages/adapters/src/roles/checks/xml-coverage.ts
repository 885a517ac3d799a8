import { parseCoberturaReport } from './cobertura-report.ts';
import type { CoverageReport } from './coverage-report.ts';
import { parseJacocoReport } from './jacoco-report.ts';

/** Reads XML of Cobertura or JaCoCo, whichever the root element shows. */
export function parseXmlCoverage(xml: string): CoverageReport {
  const isJacoco = /<report[\s>]/.test(xml) && !/<coverage[\s>]/.test(xml);
  return isJacoco ? parseJacocoReport(xml) : parseCoberturaReport(xml);
}
