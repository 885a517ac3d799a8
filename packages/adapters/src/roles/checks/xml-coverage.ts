import { parseCoberturaReport } from './cobertura-report.ts';
import type { CoverageReport } from './coverage-report.ts';
import { parseJacocoReport } from './jacoco-report.ts';

/** Reads Cobertura's or JaCoCo's XML, told apart by the root element. */
export function parseXmlCoverage(xml: string): CoverageReport {
  const isJacoco = /<report[\s>]/.test(xml) && !/<coverage[\s>]/.test(xml);
  return isJacoco ? parseJacocoReport(xml) : parseCoberturaReport(xml);
}
