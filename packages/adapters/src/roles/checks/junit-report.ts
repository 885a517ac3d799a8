import { wholeNumber } from './report-number.ts';
import { createTestCounts, type Named, type TestCounts, type TestVerdict } from './test-counts.ts';
import type { TestReport } from './test-report.ts';
import { readXml } from './xml-report.ts';

type Attributes = Readonly<Record<string, string>>;

/** What of a kind a suite's attributes speak of, and what was found in it, declared alone or not. */
interface Tally {
  readonly declared: number;
  found: number;
}

/** An element that is open. */
interface Open extends Named {
  readonly tag: string;
  /** Equal for runs of one test; absent where it has no name to tell. */
  readonly key: string | undefined;
  readonly failed: Tally;
  readonly skipped: Tally;
  /** Whether its attributes say that it was not run. */
  readonly isLeftOut: boolean;
  verdict: TestVerdict;
}

/** What GoogleTest, CTest and others have as `status` or `result` of a test that was not run. */
const LEFT_OUT: ReadonlySet<string> = new Set(['notrun', 'disabled', 'suppressed', 'skipped']);

const SUITES: ReadonlySet<string> = new Set(['testsuites', 'testsuite']);
const FAILURES: ReadonlySet<string> = new Set(['failure', 'error']);

/** How Surefire, nextest and Playwright write that a test failed before it passed. */
const FLAKES: ReadonlySet<string> = new Set(['flakyFailure', 'flakyError']);

/**
 * Reads a report as written by node:test, Vitest, Jest, pytest and others of the kind, with suites
 * nested to any depth. Test cases are counted one by one, for the runners' own totals disagree on
 * what they count; only where a suite declares more failures, errors and skipped tests than it has,
 * such as one that broke before its tests, those count as well. A test that was run again and passed
 * then counts as passed, and as flaky: whether its runner lets that pass, its exit code says.
 *
 * @throws Error when it is not well-formed, not a JUnit report, or declares what is no number.
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

/** What an element says of the test or suite that it is in. */
function judge(parent: Open, tag: string): void {
  const isFailure = FAILURES.has(tag);
  // Surefire's totals have the failures of tests that passed at last, too.
  if (isFailure || FLAKES.has(tag)) parent.failed.found += 1;
  // A failing test that is marked as to do is skipped, not failed: its runner lets it pass.
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
  // Not joined: texts that were put together one by one share their beginnings in memory.
  return names
    .filter((name) => name !== undefined && name !== '')
    .reduce<string>((before, name) => (before === '' ? `${name}` : `${before} › ${name}`), '');
}

/** Folders at the front differ between worktrees: PHPUnit names a suite by its file's whole path. */
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
