import type { TestReport } from './test-report.ts';

/** Paths as everybody knows them: roles work in other folders than the commands that judge. */
export function withoutFolder(text: string, folder: string): string {
  return text.replaceAll(`${folder}/`, '');
}

/** The same for a report, whose tests may be named by the paths of their files. */
export function reportWithoutFolder(report: TestReport, folder: string | undefined): TestReport {
  if (folder === undefined) return report;
  const named = (names: readonly string[]) => names.map((name) => withoutFolder(name, folder));
  return {
    ...report,
    failures: named(report.failures),
    failedTests: named(report.failedTests),
    flaky: named(report.flaky),
  };
}
