import { wholeNumber } from './report-number.ts';
import {
  createTestCounts,
  type Named,
  type TestCounts,
  type TestReport,
  type TestVerdict,
} from './test-report.ts';
import { readXml } from './xml-report.ts';

type Attributes = Readonly<Record<string, string>>;

/** How many tests of one kind a suite declares, and how many it lists. */
interface Tally {
  readonly declared: number;
  found: number;
}

/** An open element. */
interface Open extends Named {
  readonly tag: string;
  /** Equal for runs of the same test; undefined for a test without a name. */
  readonly key: string | undefined;
  readonly failed: Tally;
  readonly skipped: Tally;
  /** Whether its attributes say that it did not run. */
  readonly isLeftOut: boolean;
  verdict: TestVerdict;
}

/** Values of `status` or `result` with which GoogleTest, CTest and others mark a test that did not run. */
const LEFT_OUT: ReadonlySet<string> = new Set(['notrun', 'disabled', 'suppressed', 'skipped']);

const SUITES: ReadonlySet<string> = new Set(['testsuites', 'testsuite']);
const FAILURES: ReadonlySet<string> = new Set(['failure', 'error']);

/** Elements with which Surefire, nextest and Playwright record a failure before a pass. */
const FLAKES: ReadonlySet<string> = new Set(['flakyFailure', 'flakyError']);

/**
 * Reads a JUnit report of node:test, Vitest, Jest, pytest and similar runners, with suites nested to any
 * depth. It counts test cases, because runners disagree about what their totals count. Only where a suite
 * declares more failures, errors and skipped tests than it lists, such as one that broke before its tests,
 * the difference counts as well. A test that passed when it ran again counts as passed and as flaky; the
 * runner's exit code says whether that is enough.
 *
 * @throws Error when the XML is not well-formed, is no JUnit report, or has an attribute that should be a
 * number and is not.
 */
export function parseJunitReport(xml: string): TestReport {
  const counts = createTestCounts();
  const open: Open[] = [];
  let isReport = false;
  readXml(xml, {
    open(tag, attributes, depth) {
      if (depth === 0) isReport = SUITES.has(tag);
      const parent = open.at(-1);
      if (parent !== undefined) judge(parent, tag);
      if (SUITES.has(tag) || tag === 'testcase') counts.file(attributes['file']);
      open.push(opened(tag, attributes, parent));
    },
    close() {
      const closed = open.pop();
      if (closed !== undefined) count(counts, closed, open.at(-1));
    },
  });
  if (!isReport) throw new Error('the root element is neither testsuites nor testsuite');
  return counts.report();
}

/** Applies an element to the test or suite that contains it. */
function judge(parent: Open, tag: string): void {
  const isFailure = FAILURES.has(tag);
  // Surefire's totals include the failures of tests that passed in the end.
  if (isFailure || FLAKES.has(tag)) parent.failed.found += 1;
  // A failing test that is marked as TODO counts as skipped: its runner lets it pass.
  if (tag === 'skipped') parent.verdict = 'skipped';
  if (parent.verdict === 'skipped') return;
  if (isFailure) parent.verdict = 'failed';
  if (FLAKES.has(tag) && parent.verdict === 'passed') parent.verdict = 'flaky';
}

function opened(tag: string, attributes: Attributes, parent: Open | undefined): Open {
  const { name: named = '', classname = '', file = '' } = attributes;
  const name = named.trim();
  const ofSuite = (...names: readonly string[]): Tally => ({
    declared: SUITES.has(tag) ? names.reduce((sum, one) => sum + declared(attributes, one), 0) : 0,
    found: 0,
  });
  return {
    tag,
    name: name || '(unnamed)',
    fullName: fullNameOf([
      parent?.fullName,
      withoutFolders(classname),
      SUITES.has(tag) ? withoutFolders(name) : name || '(unnamed)',
    ]),
    key:
      name === '' && tag === 'testcase'
        ? undefined
        : `${parent?.key ?? ''}\0${tag}\0${file}\0${classname}\0${name}`,
    failed: ofSuite('failures', 'errors'),
    skipped: ofSuite('skipped'),
    isLeftOut: [attributes['status'], attributes['result']].some(isLeftOut),
    verdict: 'passed',
  };
}

function count(counts: TestCounts, closed: Open, parent: Open | undefined): void {
  const { tag, key, failed, skipped, isLeftOut } = closed;
  if (tag === 'testcase') {
    const verdict = closed.verdict === 'passed' && isLeftOut ? 'skipped' : closed.verdict;
    if (verdict === 'skipped') skipped.found += 1;
    counts.test(verdict, closed, key);
  } else if (SUITES.has(tag)) {
    if (closed.verdict === 'failed') counts.unseen('failed', closed, 1);
    for (const [verdict, tally] of [
      ['failed', failed],
      ['skipped', skipped],
    ] as const) {
      counts.unseen(verdict, closed, Math.max(0, tally.declared - tally.found));
      tally.found = Math.max(tally.found, tally.declared);
    }
  }
  if (parent === undefined) return;
  parent.failed.found += failed.found;
  parent.skipped.found += skipped.found;
}

function fullNameOf(names: readonly (string | undefined)[]): string {
  // Not `join`: names that are concatenated one by one share their beginnings in memory.
  return names
    .filter((name) => name !== undefined && name !== '')
    .reduce<string>((before, name) => (before === '' ? `${name}` : `${before} › ${name}`), '');
}

/**
 * Removes leading folders, which differ between worktrees: PHPUnit names a suite by the full path of its
 * file.
 */
function withoutFolders(name: string): string {
  return name.replace(/^(?:[a-z]:)?[\\/]\S*[\\/](?=\S)/i, '');
}

function declared(attributes: Attributes, name: string): number {
  const text = attributes[name]?.trim() ?? '';
  return text === '' ? 0 : wholeNumber(text, `a suite has ${name}`);
}

function isLeftOut(word: string | undefined): boolean {
  return word !== undefined && LEFT_OUT.has(word.toLowerCase());
}
