// For those who run builds.

export type { CheckCommand } from './check-command.ts';
export type { CoverageRule } from './coverage-rule.ts';
export { createHandOverManager, type HandOverManagerOptions } from './hand-over-manager.ts';
export { createReleaseManager, type ReleaseManagerOptions } from './release-manager.ts';
export { createTestAuditor, type TestAuditorOptions, type TestCommand } from './test-auditor.ts';
export {
  createVerificationOverseer,
  type VerificationOverseerOptions,
} from './verification-overseer.ts';

// For those who read reports themselves.

export { parseCoberturaReport } from './cobertura-report.ts';
export { COVERAGE_FORMATS, type CoverageFormat } from './coverage-format.ts';
export type { CoverageReport, CoverageSum, FileCoverage } from './coverage-report.ts';
export { parseGoReport } from './go-report.ts';
export { parseIstanbulReport } from './istanbul-report.ts';
export { parseJacocoReport } from './jacoco-report.ts';
export { parseJunitReport } from './junit-report.ts';
export { parseLcovReport } from './lcov-report.ts';
export type { TestReport } from './test-report.ts';
