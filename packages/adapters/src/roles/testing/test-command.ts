import type { TestCommand } from '../checks/test-command.ts';

/** How a test run behaves. */
export interface Run {
  readonly junit?: string;
  readonly lcov?: string;
  readonly exitCode?: number;
  /** Further code to run after the reports are written. */
  readonly code?: string;
}

/** A JUnit report. */
export const tests = (names: Record<string, 'passed' | 'failed' | 'skipped'>): string => {
  const children = { passed: '', failed: '<failure/>', skipped: '<skipped/>' };
  const cases = Object.entries(names).map(
    ([name, verdict]) => `<testcase name="${name}">${children[verdict]}</testcase>`,
  );
  return `<testsuites><testsuite>${cases.join('')}</testsuite></testsuites>`;
};

/** An lcov report. */
export const lines = (found: number, hit: number): string =>
  `SF:a.ts\nLF:${found}\nLH:${hit}\nend_of_record\n`;

/** Passing tests with enough coverage. */
export const GREEN: Run = {
  junit: tests({ a: 'passed', b: 'passed', c: 'skipped' }),
  lcov: lines(100, 91),
};

/** A test command that behaves like `run`. */
export function testCommand(run: Run): TestCommand {
  const code = `
    const { writeFileSync } = require('node:fs');
    const [reports] = process.argv.slice(1);
    const run = JSON.parse(process.env.RUN);
    if (run.junit !== undefined) writeFileSync(reports + '/junit.xml', run.junit);
    if (run.lcov !== undefined) writeFileSync(reports + '/lcov.info', run.lcov);
    console.log('output of the tests');
    ${run.code ?? ''}
    process.exitCode = run.exitCode ?? 0;
  `;
  const argv = [process.execPath, '-e', code, '{reports}'];
  return { name: 'test', argv, env: { RUN: JSON.stringify(run) } };
}
