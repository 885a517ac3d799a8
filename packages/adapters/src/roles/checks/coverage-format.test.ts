import { describe, expect, it } from 'vitest';
import { folderWorkspace } from '../testing/folder-workspace.ts';
import { assignmentOf, contextOf } from '../testing/perform.ts';
import { tests } from '../testing/test-command.ts';
import { createTestAuditor } from './test-auditor.ts';
import type { TestCommand } from './test-command.ts';

const REPORTS = {
  lcov: 'SF:a\nLF:10\nLH:9\nend_of_record\n',
  istanbul: JSON.stringify({ total: { lines: { total: 10, covered: 9 } } }),
  cobertura: `<coverage><class filename="a">${Array.from({ length: 10 }, (_, i) => `<line number="${i}" hits="${i}"/>`).join('')}</class></coverage>`,
};

/** A Test Auditor whose tests write a coverage report to `name`. */
function auditing(name: string, report: string, reports: TestCommand['reports']) {
  const code = `
    const [folder, name, junit, report] = process.argv.slice(1);
    const { writeFileSync } = require('node:fs');
    writeFileSync(folder + '/junit.xml', junit);
    writeFileSync(folder + '/' + name, report);`;
  const argv = [process.execPath, '-e', code, '{reports}', name, tests({ a: 'passed' }), report];
  const escaped = argv.map((one, index) => (index > 3 ? one.replace(/\{(\w+)\}/g, '{{$1}}') : one));
  const test = { name: 'test', argv: escaped, ...(reports && { reports }) };
  const assignment = assignmentOf({ state: 'testing', role: 'test_auditor' });
  return createTestAuditor({ test }).perform(assignment, contextOf(folderWorkspace()));
}

describe('a coverage report', () => {
  it.each<[string, string, TestCommand['reports']]>([
    ['lcov.info', REPORTS.lcov, undefined],
    ['other.info', REPORTS.lcov, { lcov: '{reports}/other.info' }],
    ['coverage-summary.json', REPORTS.istanbul, { coverage: '{reports}/coverage-summary.json' }],
    ['coverage.xml', REPORTS.cobertura, { coverage: '{reports}/coverage.xml' }],
    ['out', REPORTS.cobertura, { coverage: '{reports}/out', coverageFormat: 'cobertura' }],
    ['x.json', REPORTS.lcov, { coverage: '{reports}/x.json', coverageFormat: 'lcov' }],
  ])('may be %s', async (name, report, reports) => {
    expect(await auditing(name, report, reports)).toMatchObject({
      kind: 'advance',
      result: { coveragePercent: 90 },
    });
  });

  it.each<[TestCommand['reports'], string]>([
    [{ coverage: '{reports}/out.txt' }, 'is not clear from its name; expected coverageFormat lcov'],
    [{ coverage: '{reports}/x', coverageFormat: 'gcov' as 'lcov' }, 'is gcov; expected'],
    [{ coverage: '{reports}/a.xml', lcov: '{reports}/b.info' }, 'names both lcov and coverage'],
    [{ coverage: 'coverage.xml' }, 'expected it to begin with {reports}/'],
  ])('is refused as %j', (reports, message) => {
    const test = { name: 'test', argv: ['x'], ...(reports && { reports }) };
    expect(() => createTestAuditor({ test })).toThrow(message);
  });
});
