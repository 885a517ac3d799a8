import { BatonError } from './errors.ts';

/**
 * The value of a JSON text. What is wrong with one is said by its place: the engine's own message quotes
 * what stands around it, which may be a part of a secret that nobody knows as one any more.
 *
 * @throws BatonError `invalid_input`: "not JSON: expected a value at line 1, column 8".
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The engine's error is no cause of this one: where causes are shown, it would be quoted, too.
    throw new BatonError('invalid_input', `not JSON: ${problemOf(text)}`);
  }
}

const BLANKS = /[ \t\n\r]*/y;
const SCALAR = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null/y;
const QUOTE = /"/y;
const TEXT_PART = /[ !#-[\]-\uffff]+|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})/y;
const COLON = /:/y;
const COMMA = /,/y;

function problemOf(text: string): string {
  const { at, expected } = findProblem(text);
  const lines = text.slice(0, at).split('\n');
  const place = `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
  return `expected ${expected} at ${place}${at === text.length ? ', where it ends' : ''}`;
}

/** Where a text stops being JSON, and what was expected there. */
function findProblem(text: string): { readonly at: number; readonly expected: string } {
  /** What closes the arrays and objects that are open. */
  const open: ('}' | ']')[] = [];
  let at = 0;

  function take(pattern: RegExp): boolean {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found !== undefined;
  }

  function close(): boolean {
    if (open.length === 0 || text.charAt(at) !== open.at(-1)) return false;
    open.pop();
    at += 1;
    return true;
  }

  /** Takes the name of a member and its colon; answers what is missing. */
  function nameProblem(): string | undefined {
    take(BLANKS);
    if (!take(QUOTE)) return 'a name in double quotes';
    const problem = restOfText();
    if (problem !== undefined) return problem;
    take(BLANKS);
    return take(COLON) ? undefined : "':'";
  }

  function restOfText(): string | undefined {
    while (take(TEXT_PART));
    return take(QUOTE) ? undefined : 'a character of a text, or the quotation mark that ends it';
  }

  /** Takes a value, or the beginning of one with members; answers what is missing. */
  function valueProblem(): string | undefined {
    for (;;) {
      take(BLANKS);
      const one = text.charAt(at);
      if (one !== '{' && one !== '[') break;
      open.push(one === '{' ? '}' : ']');
      at += 1;
      take(BLANKS);
      if (close()) return undefined;
      const problem = one === '{' ? nameProblem() : undefined;
      if (problem !== undefined) return problem;
    }
    if (take(QUOTE)) return restOfText();
    return take(SCALAR) ? undefined : 'a value';
  }

  for (;;) {
    const problem = valueProblem();
    if (problem !== undefined) return { at, expected: problem };
    do take(BLANKS);
    while (close());
    const closing = open.at(-1);
    if (closing === undefined) return { at, expected: 'the end' };
    if (!take(COMMA)) return { at, expected: `',' or '${closing}'` };
    const missing = closing === '}' ? nameProblem() : undefined;
    if (missing !== undefined) return { at, expected: missing };
  }
}
