import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { parseJunitReport } from './junit-report.ts';

const VITEST = `<?xml version="1.0" encoding="UTF-8" ?>
<testsuites name="vitest tests" tests="4" failures="1" errors="0" time="0.3">
    <testsuite name="src/theme.test.ts" timestamp="2026-01-01T00:00:00.000Z" hostname="h" tests="4" failures="1" errors="0" skipped="1" time="0.004">
        <testcase classname="src/theme.test.ts" name="theme &gt; starts light" time="0.001">
        </testcase>
        <testcase classname="src/theme.test.ts" name="theme &gt; turns &quot;dark&quot;" time="0.003">
            <failure message="expected &apos;light&apos; to be &apos;dark&apos;" type="AssertionError">
AssertionError: expected 'light' to be 'dark'
 ❯ src/theme.test.ts:6:17
            </failure>
        </testcase>
        <testcase classname="src/theme.test.ts" name="theme &gt; later" time="0">
            <skipped/>
        </testcase>
        <testcase classname="src/theme.test.ts" name="theme &gt; is kept" time="0.001">
            <system-out>it says &lt;failure/&gt;</system-out>
        </testcase>
    </testsuite>
</testsuites>`;

const PYTEST = `<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest" errors="1" failures="1" skipped="2" tests="5" time="0.045" timestamp="2026-01-01T00:00:00.000000+00:00" hostname="h"><testcase classname="test_theme" name="test_light" time="0.001" /><testcase classname="test_theme" name="test_dark[1-a]" time="0.001"><failure message="assert 1 == 2">def test_dark():
&gt;       assert 1 == 2
E       assert 1 == 2</failure></testcase><testcase classname="test_theme" name="test_fixture" time="0.001"><error message="failed on setup with &quot;boom&quot;">@pytest.fixture</error></testcase><testcase classname="test_theme" name="test_skipped" time="0.000"><skipped type="pytest.skip" message="later">x</skipped></testcase><testcase classname="test_theme" name="test_xfail" time="0.000"><skipped type="pytest.xfail" message="" /></testcase></testsuite></testsuites>`;

const JEST = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="jest tests" tests="2" failures="1" errors="1" time="0.9">
  <testsuite name="theme" errors="0" failures="1" skipped="0" timestamp="2026-01-01T00:00:00" time="0.4" tests="2">
    <testcase classname="theme starts light" name="theme starts light" time="0.002">
    </testcase>
    <testcase classname="theme turns dark" name="theme turns dark" time="0.003">
      <failure>Error: expect(received).toBe(expected) // Object.is equality</failure>
    </testcase>
  </testsuite>
  <testsuite name="undefined" errors="1" failures="0" skipped="0" timestamp="2026-01-01T00:00:00" time="0" tests="0">
  </testsuite>
</testsuites>`;

const NESTED = `<testsuites>
  <testsuite name="a" tests="3" failures="2">
    <testcase name="a1"/>
    <testsuite name="b" tests="2" failures="1">
      <testcase name="b1"><failure/></testcase>
      <testsuite name="c"><testcase name="c1"><error/></testcase></testsuite>
    </testsuite>
  </testsuite>
</testsuites>`;

it('names failures by where they are, so that namesakes in two places are two tests', () => {
  const inSuite = (suite: string, attributes = '') =>
    `<testsuites><testsuite name="${suite}"><testcase name="/a/works"${attributes}><failure/></testcase></testsuite></testsuites>`;
  const failed = (xml: string) => parseJunitReport(xml).failedTests;
  expect(failed(inSuite('a.test.ts'))).toEqual(['a.test.ts › /a/works']);
  expect(failed(inSuite('b.test.ts'))).not.toEqual(failed(inSuite('a.test.ts')));
  expect(failed(inSuite('x', ' classname="A"'))).not.toEqual(
    failed(inSuite('x', ' classname="B"')),
  );
  // The same suite in two worktrees.
  expect(failed(inSuite('/work/1/phpunit.xml'))).toEqual(failed(inSuite('/work/2/phpunit.xml')));
});

it('is read in memory that grows with its depth alone', () => {
  const depth = 40;
  const suites = '<testsuite name="&quot;">'.repeat(depth);
  const xml = `${suites}<testcase name="a"/>${'</testsuite>'.repeat(depth)}`;
  expect(parseJunitReport(xml)).toMatchObject({ passed: 1 });
});

describe('a JUnit report', () => {
  it.each([
    ['Vitest', VITEST, { passed: 2, failed: 1, skipped: 1, failures: ['theme > turns "dark"'] }],
    [
      'pytest',
      PYTEST,
      { passed: 1, failed: 2, skipped: 2, failures: ['test_dark[1-a]', 'test_fixture'] },
    ],
    [
      'jest-junit, with a suite that broke before its tests',
      JEST,
      { passed: 1, failed: 2, skipped: 0, failures: ['theme turns dark', 'undefined'] },
    ],
    ['nested suites', NESTED, { passed: 1, failed: 2, skipped: 0, failures: ['b1', 'c1'] }],
  ])('is read as %s writes it', (_, xml, expected) => {
    const { failedTests, ...counted } = parseJunitReport(xml);
    expect(counted).toEqual({ ...expected, flaky: [], files: [] });
    expect(failedTests).toHaveLength(expected.failures.length);
  });

  it('is read as node:test writes it', async () => {
    const folder = temporaryFolder();
    writeFileSync(
      join(folder, 'theme.test.mjs'),
      `import { describe, it, test } from 'node:test';
       describe('outer', () => {
         it('passes', () => {});
         it('is to do in a suite', { todo: true }, () => { throw new Error('not yet'); });
         describe('inner', () => {
           it('fails with <markup> & marks', () => { throw new Error('\\u001b[31mred\\u001b[39m'); });
           it('is skipped', { skip: true }, () => {});
         });
       });
       test('is to do and fails', { todo: true }, () => { throw new Error('not yet'); });
       test('at the top', () => {});`,
    );
    const report = join(folder, 'junit.xml');
    const args = ['--test', '--test-reporter=junit', `--test-reporter-destination=${report}`];
    // The runner marks its child processes with this variable.
    const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...env } = process.env;
    const exitCode = await new Promise((resolve) => {
      execFile(process.execPath, args, { cwd: folder, env }, (error) => resolve(error?.code));
    });
    expect(exitCode).toBe(1);
    expect(parseJunitReport(readFileSync(report, 'utf8'))).toEqual({
      passed: 2,
      failed: 1,
      skipped: 3,
      failures: ['fails with <markup> & marks'],
      failedTests: [expect.stringContaining('fails with <markup> & marks')],
      flaky: [],
      files: [join(folder, 'theme.test.mjs')],
    });
  });

  it('names each failure once and sorted, whatever order the tests ran in', () => {
    const cases = ['b', 'a', 'b'].map((name) => `<testcase name="${name}"><failure/></testcase>`);
    expect(parseJunitReport(`<testsuite>${cases.join('')}</testsuite>`)).toMatchObject({
      failed: 3,
      failures: ['a', 'b'],
    });
  });

  it('counts no test as passed that was not run, by any name for it', () => {
    const says = [
      'status="notrun" result="suppressed"',
      'status="disabled"',
      'status="run" result="Skipped"',
    ];
    const cases = says.map((attributes) => `<testcase name="a" ${attributes}/>`).join('');
    const passed = '<testcase name="b" status="run" result="completed"/>';
    const failed = '<testcase name="c" status="notrun"><failure/></testcase>';
    const xml = `<testsuite>${cases}${passed}${failed}</testsuite>`;
    expect(parseJunitReport(xml)).toMatchObject({ passed: 1, skipped: 3, failures: ['c'] });
  });

  it('counts failures that suites declare beyond those it has, each once', () => {
    const test = '<testcase name="a"/>';
    const failing = '<testcase name="b"><failure/></testcase>';
    const suite = (attributes: string, content: string): string =>
      `<testsuite name="s" ${attributes}>${content}</testsuite>`;
    const total = (attributes: string, content: string): string =>
      `<testsuites name="all" ${attributes}>${content}</testsuites>`;
    const failedIn = (xml: string) => parseJunitReport(xml).failed;
    expect(failedIn(total('failures="2" errors="1"', suite('failures="2" errors="1"', test)))).toBe(
      3,
    );
    expect(failedIn(total('failures="3"', suite('failures="1"', failing + test)))).toBe(3);
    expect(parseJunitReport(total('errors="1"', suite('', test))).failures).toEqual(['all']);
    expect(failedIn(total('failures="0" errors=""', suite('', failing)))).toBe(1);
    expect(
      failedIn(suite('failures="1"', '<testcase name="a"><failure/><skipped/></testcase>')),
    ).toBe(0);
  });

  const suite = (content: string, attributes = ''): string =>
    `<testsuite name="s" ${attributes}>${content}</testsuite>`;

  it.each([
    [
      'passing, as decimal ones',
      suite('<testcase name="t"><system-out>&#27;[32mok&#0;&#xFFFE;</system-out></testcase>'),
      0,
    ],
    [
      'failing, as hexadecimal ones',
      suite(
        '<testcase name="t"><failure message="&#x1b;[31mno&#xD800;&#x110000;"/></testcase>',
        'failures="1"',
      ),
      1,
    ],
  ])(
    'may have references to characters that XML forbids, in the output of a test that is %s',
    (_, xml, failed) => {
      expect(parseJunitReport(xml)).toMatchObject({ passed: 1 - failed, failed });
    },
  );

  it('keeps references to characters that XML allows', () => {
    const xml = suite('<testcase name="&#x1F600;&#65;&#x1b;"><failure/></testcase>');
    expect(parseJunitReport(xml).failures).toEqual(['\u{1f600}A']);
  });

  it.each([
    ['0.0', 0],
    ['1,234', 1234],
    ['1\u202f234\u202f567', 1_234_567],
    ["1'234'567", 1_234_567],
    ['1.2e3', 1200],
    ['2E+1', 20],
    [' 3 ', 3],
  ])('may have a number of failures as %s', (failures, failed) => {
    expect(parseJunitReport(suite('', `failures="${failures}"`)).failed).toBe(failed);
  });

  it.each(['1.5', '1,23', '12,34,567', '0x10', 'NaN', '-0', '1e30'])(
    'refuses %s as a number',
    (failures) => {
      expect(() => parseJunitReport(suite('', `failures="${failures}"`))).toThrow(
        'expected a whole number',
      );
    },
  );

  it('may have blanks before its declaration', () => {
    const xml = `\ufeff\r\n  <?xml version="1.0"?>${suite('<testcase name="a"/>')}`;
    expect(parseJunitReport(xml)).toMatchObject({ passed: 1 });
  });

  it('counts skipped tests that a suite declares and does not list', () => {
    const inner = suite(
      '<testcase name="a"/><testcase name="b"><skipped/></testcase>',
      'skipped="1"',
    );
    expect(parseJunitReport(`<testsuites skipped="3">${inner}</testsuites>`)).toMatchObject({
      passed: 1,
      skipped: 3,
    });
  });

  const flake = '<flakyFailure message="x"/><flakyError type="y"/>';
  it.each([
    [
      'as Surefire marks it',
      suite(`<testcase name="a">${flake}</testcase>`, 'failures="0" flakes="1"'),
    ],
    [
      'as gotestsum lists it',
      suite('<testcase name="a"><failure/></testcase><testcase name="a"/>', 'failures="1"'),
    ],
    [
      'in a suite that is there again',
      `<testsuites>${suite('<testcase name="a"><error/></testcase>')}${suite('<testcase name="a"/>')}</testsuites>`,
    ],
  ])('counts a test that passed when it ran again as passed, and names it: %s', (_, xml) => {
    expect(parseJunitReport(xml)).toMatchObject({
      passed: 1,
      failed: 0,
      failures: [],
      flaky: ['a'],
    });
  });

  it.each([
    [
      'failed in every run, as Surefire marks it',
      '<testcase name="a"><failure/><rerunFailure/></testcase>',
      1,
    ],
    ['failed after a flake', `<testcase name="a">${flake}<failure/></testcase>`, 1],
    ['failed at last', '<testcase name="a"/><testcase name="a"><failure/></testcase>', 1],
    [
      'failed twice',
      '<testcase name="a"><failure/></testcase><testcase name="a"><error/></testcase>',
      2,
    ],
    [
      'failed beside one of another class',
      '<testcase name="a" classname="x"><failure/></testcase><testcase name="a" classname="y"/>',
      1,
    ],
    ['has no name', '<testcase><failure/></testcase><testcase/>', 1],
  ])('counts a test as failed that %s', (_, cases, failed) => {
    expect(parseJunitReport(suite(cases))).toMatchObject({ failed, flaky: [] });
  });

  it('may have no tests, characters that XML forbids, a byte order mark and large texts', () => {
    expect(parseJunitReport('<testsuites/>')).toMatchObject({ passed: 0, failed: 0 });
    const text = `\u001b[31m${'&#10;&quot;'.repeat(50_000)}`;
    const xml = `\ufeff<testsuite><testcase name="a"><failure>${text}</failure></testcase></testsuite>`;
    expect(parseJunitReport(xml)).toMatchObject({ failed: 1 });
  });

  it.each([
    ['empty', ''],
    ['cut off', VITEST.slice(0, -40)],
    ['cut off between two tests', '<testsuite><testcase name="a"/>'],
    ['no XML', 'all tests passed'],
    ['of another kind', '<coverage><testcase name="a"/></coverage>'],
    ['two documents', '<testsuite/><testsuite/>'],
    ['with a count that is none', '<testsuite failures="many"><testcase name="a"/></testsuite>'],
    ['with a negative count', '<testsuite failures="-1" errors="1"/>'],
    ['with entities of its own', '<!DOCTYPE x [<!ENTITY e "x">]><testsuite name="&e;"/>'],
  ])('is not read when it is %s', (_, xml) => {
    expect(() => parseJunitReport(xml)).toThrow();
  });
});
