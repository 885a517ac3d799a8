import { SaxesParser } from 'saxes';
import { wholeNumber } from './report-number.ts';

/** What a JUnit XML report says, counted from its test cases. */
export interface TestReport {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Names of what failed, sorted, each once. */
  readonly failures: readonly string[];
}

/** An element that is open. */
interface Open {
  readonly tag: string;
  readonly name: string;
  /** Failures and errors that a suite's attributes speak of. */
  readonly declared: number;
  /** Failures and errors that were found in it, those included that were declared alone. */
  found: number;
  /** Whether its attributes say that it was not run. */
  readonly isLeftOut: boolean;
  verdict: 'passed' | 'failed' | 'skipped';
}

/** Characters that XML does not allow, but that runners write into failure messages (colours). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const DISALLOWED = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** What GoogleTest, CTest and others have as `status` or `result` of a test that was not run. */
const LEFT_OUT: ReadonlySet<string> = new Set(['notrun', 'disabled', 'suppressed', 'skipped']);

const SUITES: ReadonlySet<string> = new Set(['testsuites', 'testsuite']);

/**
 * Reads a report as written by node:test, Vitest, Jest, pytest and others of the kind, with suites
 * nested to any depth. Test cases are counted one by one, for the runners' own totals disagree on
 * what they count; only where a suite declares more failures and errors than it has, such as one
 * that broke before its tests, those count as well.
 *
 * @throws Error when it is not well-formed, not a JUnit report, or declares what is no number.
 */
export function parseJunitReport(xml: string): TestReport {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const failures = new Set<string>();
  const open: Open[] = [];
  let isReport = false;

  function count(verdict: Open['verdict'], name: string, times = 1): void {
    counts[verdict] += times;
    if (verdict === 'failed') failures.add(name);
  }

  const parser = new SaxesParser();
  parser.on('opentag', ({ name: tag, attributes }) => {
    if (open.length === 0) isReport = SUITES.has(tag);
    const parent = open.at(-1);
    const isFailure = tag === 'failure' || tag === 'error';
    if (parent && isFailure) parent.found += 1;
    // A failing test that is marked as to do is skipped, not failed: its runner lets it pass.
    if (parent && tag === 'skipped') parent.verdict = 'skipped';
    if (parent?.verdict === 'passed' && isFailure) parent.verdict = 'failed';
    open.push({
      tag,
      name: attributes['name']?.trim() || '(unnamed)',
      declared: SUITES.has(tag)
        ? declared(attributes, 'failures') + declared(attributes, 'errors')
        : 0,
      found: 0,
      isLeftOut: [attributes['status'], attributes['result']].some(isLeftOut),
      verdict: 'passed',
    });
  });
  parser.on('closetag', () => {
    const closed = open.pop();
    if (closed === undefined) return;
    const { tag, name, verdict } = closed;
    if (tag === 'testcase') {
      count(verdict === 'passed' && closed.isLeftOut ? 'skipped' : verdict, name);
    } else if (SUITES.has(tag)) {
      if (verdict === 'failed') count('failed', name);
      const unseen = closed.declared - closed.found;
      if (unseen > 0) count('failed', name, unseen);
      closed.found = Math.max(closed.found, closed.declared);
    }
    const parent = open.at(-1);
    if (parent) parent.found += closed.found;
  });
  parser.write(xml.replace(/^\ufeff/, '').replace(DISALLOWED, '')).close();
  if (!isReport) throw new Error('the root element is neither testsuites nor testsuite');
  return { ...counts, failures: [...failures].sort() };
}

function declared(attributes: Readonly<Record<string, string>>, name: string): number {
  const text = attributes[name]?.trim() ?? '';
  return text === '' ? 0 : wholeNumber(text, `a suite has ${name}`);
}

function isLeftOut(word: string | undefined): boolean {
  return word !== undefined && LEFT_OUT.has(word.toLowerCase());
}
