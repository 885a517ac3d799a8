import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { coverageParser } from './coverage-format.ts';
import { parseJunitReport } from './junit-report.ts';
import { readReport } from './read-report.ts';

/** Reports and output of real tools. A README in each folder has the command. */
const FIXTURES = join(import.meta.dirname, 'fixtures');

const printed = (folder: string): string =>
  readFileSync(join(FIXTURES, folder, 'printed.txt'), 'utf8');

describe('a test report counts what its runner printed', () => {
  it.each<[string, string[], object]>([
    [
      'vitest-5.1.1',
      ['1 failed | 2 passed | 1 skipped (4)'],
      { passed: 2, failed: 1, skipped: 1, failures: ['theme > refuses others'] },
    ],
    [
      'jest-30.5.2',
      ['1 failed, 1 skipped, 2 passed, 4 total'],
      { passed: 2, failed: 1, skipped: 1, files: ['src/theme.test.js'] },
    ],
    [
      'mocha-11.8.0',
      ['2 passing', '1 pending', '1 failing'],
      { passed: 2, failed: 1, skipped: 1, files: ['/shop/test/theme.spec.js'] },
    ],
    [
      'node-24.21.0',
      ['pass 2', 'fail 1', 'skipped 1'],
      { passed: 2, failed: 1, skipped: 1, files: ['/shop/nt/theme.test.mjs'] },
    ],
    [
      'pytest-7.2.1',
      ['1 failed, 2 passed, 1 skipped, 1 rerun'],
      { passed: 2, failed: 1, skipped: 1, failures: ['test_others'] },
    ],
    ['go-1.19.8', ['4 tests, 1 skipped, 1 failure'], { passed: 2, failed: 1, skipped: 1 }],
    // 5 runs of 4 tests, with exit code 0.
    [
      'gotestsum-1.8.2-reruns',
      ['2 runs, 5 tests, 1 skipped, 1 failure'],
      { passed: 3, failed: 0, skipped: 1, failures: [], flaky: ['TestFlaky'] },
    ],
    // Its suite also declares the failures of the first runs.
    [
      'surefire-2.22.3',
      ['Tests run: 4, Failures: 0, Errors: 0, Skipped: 1, Flakes: 2', 'BUILD SUCCESS'],
      { passed: 3, failed: 0, skipped: 1, flaky: ['breaksAtFirst', 'turnsLight'] },
    ],
    [
      'rspec-3.12.0',
      ['3 examples, 1 failure, 1 pending'],
      { passed: 1, failed: 1, skipped: 1, files: ['./spec/theme_spec.rb'] },
    ],
    [
      'phpunit-9.6.7',
      ['Tests: 3, Assertions: 1, Errors: 1, Skipped: 1.'],
      { passed: 1, failed: 1, skipped: 1 },
    ],
  ])('%s', (folder, words, counts) => {
    for (const one of words) expect(printed(folder)).toContain(one);
    const xml = readFileSync(join(FIXTURES, folder, 'junit.xml'), 'utf8');
    expect(parseJunitReport(xml)).toMatchObject(counts);
  });
});

describe('a coverage report has the lines that its tool printed', () => {
  const VITEST = '|      50 |';
  const JEST = '|    62.5 |';
  const C8 = '|   66.66 |';
  it.each<[string, string, string, number, number, number]>([
    ['vitest-5.1.1', 'lcov.info', VITEST, 6, 3, 50],
    ['vitest-5.1.1', 'coverage-summary.json', VITEST, 6, 3, 50],
    ['vitest-5.1.1', 'coverage-final.json', VITEST, 6, 3, 50],
    ['vitest-5.1.1', 'cobertura-coverage.xml', VITEST, 6, 3, 50],
    ['jest-30.5.2', 'lcov.info', JEST, 8, 5, 62.5],
    ['jest-30.5.2', 'coverage-summary.json', JEST, 8, 5, 62.5],
    ['jest-30.5.2', 'coverage-final.json', JEST, 8, 5, 62.5],
    ['jest-30.5.2', 'cobertura-coverage.xml', JEST, 8, 5, 62.5],
    ['nyc-18.0.0', 'lcov.info', VITEST, 10, 5, 50],
    ['nyc-18.0.0', 'coverage-summary.json', VITEST, 10, 5, 50],
    ['mocha-11.8.0', 'lcov.info', C8, 12, 8, 66.66],
    ['mocha-11.8.0', 'coverage-summary.json', C8, 12, 8, 66.66],
    ['mocha-11.8.0', 'cobertura-coverage.xml', C8, 12, 8, 66.66],
    // The tool rounds to 66.67; Baton never rounds up.
    ['node-24.21.0', 'lcov.info', 'all files |  66.67 |', 12, 8, 66.66],
    ['pytest-7.2.1', 'lcov.info', 'TOTAL                  8      2    75%', 8, 6, 75],
    ['pytest-7.2.1', 'coverage.xml', 'TOTAL                  8      2    75%', 8, 6, 75],
    // The tool counts statements, 2 of 6; they and their braces cover these lines.
    ['go-1.19.8', 'cover.out', '33.3%', 11, 4, 36.36],
    ['phpunit-9.6.7', 'coverage.xml', 'Lines:   33.33% (2/6)', 6, 2, 33.33],
    ['lcov-1.16', 'lcov.info', '37.5% (3 of 8 lines)', 8, 3, 37.5],
    [
      'gcovr-5.2',
      'coverage.xml',
      'TOTAL                                          8       3    37%',
      8,
      3,
      37.5,
    ],
  ])('%s: %s', async (folder, file, words, lines, linesHit, percent) => {
    expect(printed(folder)).toContain(words);
    const path = join(FIXTURES, folder, file);
    expect(await readReport(path, FIXTURES, coverageParser(path, undefined))).toMatchObject({
      kind: 'read',
      report: { lines, linesHit, percent },
    });
  });

  it('jacoco-0.8.6, whose report has the sum itself', () => {
    const path = join(FIXTURES, 'jacoco-0.8.6', 'jacoco.xml');
    const xml = readFileSync(path, 'utf8');
    expect(xml).toContain('<counter type="LINE" missed="5" covered="1"/></report>'.slice(0, 46));
    const report = coverageParser(path, undefined)(xml);
    expect(report).toMatchObject({ lines: 6, linesHit: 1, percent: 16.66 });
    expect(report.files.map(({ path }) => path)).toEqual(['com/example/Theme.java']);
  });
});
