import { SaxesParser } from 'saxes';

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
  /** Failures and errors that the suite's attributes speak of. */
  readonly declared: number;
  verdict: 'passed' | 'failed' | 'skipped';
  hasChildren: boolean;
}

/** Characters that XML does not allow, but that runners write into failure messages (colours). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const DISALLOWED = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

const SUITES: ReadonlySet<string> = new Set(['testsuites', 'testsuite']);

/**
 * Reads a report as written by node:test, Vitest, Jest, pytest and others of the kind, with suites
 * nested to any depth. Test cases are counted one by one, for the runners' own totals disagree on
 * what they count; only a suite without test cases is taken at its word when it declares errors.
 *
 * @throws Error when it is not well-formed or not a JUnit report.
 */
export function parseJunitReport(xml: string): TestReport {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const failures = new Set<string>();
  const open: Open[] = [];
  let isReport = false;

  function count(verdict: Open['verdict'], name: string): void {
    counts[verdict] += 1;
    if (verdict === 'failed') failures.add(name);
  }

  const parser = new SaxesParser();
  parser.on('opentag', ({ name: tag, attributes }) => {
    if (open.length === 0) isReport = SUITES.has(tag);
    const parent = open.at(-1);
    if (parent !== undefined && (tag === 'testcase' || SUITES.has(tag))) parent.hasChildren = true;
    // A failing test that is marked as to do is skipped, not failed: its runner lets it pass.
    if (parent && tag === 'skipped') parent.verdict = 'skipped';
    if (parent?.verdict === 'passed' && (tag === 'failure' || tag === 'error')) {
      parent.verdict = 'failed';
    }
    open.push({
      tag,
      name: attributes['name']?.trim() || '(unnamed)',
      declared: (Number(attributes['failures']) || 0) + (Number(attributes['errors']) || 0),
      verdict: 'passed',
      hasChildren: false,
    });
  });
  parser.on('closetag', () => {
    const closed = open.pop();
    if (closed?.tag === 'testcase') count(closed.verdict, closed.name);
    if (closed === undefined || !SUITES.has(closed.tag)) return;
    const brokenBeforeItsTests = !closed.hasChildren && closed.declared > 0;
    if (closed.verdict === 'failed' || brokenBeforeItsTests) count('failed', closed.name);
  });
  parser.write(xml.replace(/^\ufeff/, '').replace(DISALLOWED, '')).close();
  if (!isReport) throw new Error('the root element is neither testsuites nor testsuite');
  return { ...counts, failures: [...failures].sort() };
}
