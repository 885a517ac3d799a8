// To run builds:

export { type Baseline, type BaselineStep, stepAt } from './baseline.ts';
export type { CheckCommand } from './check-command.ts';
export type { CoverageRule } from './coverage-rule.ts';
export { changedManifests } from './fault-of.ts';
export { createHandOverManager, type HandOverManagerOptions } from './hand-over-manager.ts';
export { OUTSIDE_SOURCES } from './outside-sources.ts';
export { createReleaseManager, type ReleaseManagerOptions } from './release-manager.ts';
export { type BaselineCommands, type BaselineContext, runBaseline } from './run-baseline.ts';
export type { JudgeOptions } from './run-judge.ts';
export {
  differing,
  type FilePrints,
  filePrint,
  filePrints,
  type GeneratedFiles,
  refusedFiles,
} from './run-judge.ts';
export { createTestAuditor, type TestAuditorOptions } from './test-auditor.ts';
export type { TestCommand } from './test-command.ts';
export {
  createVerificationOverseer,
  type VerificationOverseerOptions,
} from './verification-overseer.ts';

// To read reports:

export { parseCoberturaReport } from './cobertura-report.ts';
export { COVERAGE_FORMATS, type CoverageFormat } from './coverage-format.ts';
export type { CoverageReport, CoverageSum, FileCoverage } from './coverage-report.ts';
export { parseGoReport } from './go-report.ts';
export { parseIstanbulReport } from './istanbul-report.ts';
export { parseJacocoReport } from './jacoco-report.ts';
export { parseJunitReport } from './junit-report.ts';
export { parseLcovReport } from './lcov-report.ts';
export type { TestReport } from './test-report.ts';
