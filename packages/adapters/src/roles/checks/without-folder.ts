import type { TestReport } from './test-report.ts';

/** Makes paths below `folder` relative: roles work in other folders than the commands that judge. */
export function withoutFolder(text: string, folder: string): string {
  return text.replaceAll(`${folder}/`, '');
}

/** Makes the paths in a report relative: tests may be named by their files. */
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
