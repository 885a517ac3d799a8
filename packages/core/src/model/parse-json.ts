import { BatonError } from './errors.ts';
import { tooManyValues } from './json.ts';

/**
 * The value of a JSON text. What is wrong with one is said by its place: the engine's own message quotes
 * the text around the error, which may hold part of a secret, which is no longer known as one.
 *
 * @param limits for a text of a stranger: they, and that no name comes twice in one object, are checked
 * before anything is built.
 * @throws BatonError `invalid_input`: "not JSON: expected a value at line 1, column 8"; with `limits` also
 * for what is nested too deep or named twice, with its path, and `limit_exceeded` for too many values.
 */
export function parseJson(text: string, limits?: JsonLimits): unknown {
  const problem = limits && findJsonProblem(text, limits);
  if (problem !== undefined) throw refusal(text, problem, limits);
  try {
    return JSON.parse(text);
  } catch {
    // The engine's error is no cause of this one: where causes are shown, it would be quoted, too.
    throw refusal(text, findJsonProblem(text), undefined);
  }
}

function refusal(
  text: string,
  problem: JsonProblem | undefined,
  limits: JsonLimits | undefined,
): BatonError {
  switch (problem?.kind) {
    case undefined:
      return new BatonError('invalid_input', 'not JSON');
    case 'syntax': {
      const { at, expected } = problem;
      const before = at === 0 ? -1 : text.lastIndexOf('\n', at - 1);
      const place = `line ${linesUntil(text, at)}, column ${at - before}`;
      const end = at === text.length ? ', where it ends' : '';
      return new BatonError('invalid_input', `not JSON: expected ${expected} at ${place}${end}`);
    }
    case 'depth':
      return invalid(problem.path, `nested more than ${limits?.depth} deep`);
    case 'duplicate':
      return invalid(problem.path, `expected each name once, found '${problem.path.at(-1)}' twice`);
    case 'values':
      return tooManyValues(limits?.values ?? 0);
  }
}

/** Without a piece of text for each line: there may be millions. */
function linesUntil(text: string, end: number): number {
  let lines = 1;
  for (let at = 0; at < end; at++) if (text.charCodeAt(at) === 0x0a) lines += 1;
  return lines;
}

function invalid(path: readonly string[], description: string): BatonError {
  const field = path.join('.');
  return new BatonError('invalid_input', `${field}: ${description}`, {
    violations: [{ field, description }],
  });
}

/** What a JSON text may be made of. */
export interface JsonLimits {
  /** How deep the objects and lists inside of the outermost value may be nested. */
  readonly depth: number;
  /** How many values it may hold: objects, lists, texts, numbers, booleans and nulls. */
  readonly values: number;
}

/** Why a text is not taken; `path` leads to the value that is meant. */
type JsonProblem =
  | { readonly kind: 'syntax'; readonly at: number; readonly expected: string }
  | { readonly kind: 'depth' | 'duplicate'; readonly path: readonly string[] }
  | { readonly kind: 'values' };

/** An object or a list that is open. */
interface Frame {
  readonly closing: '}' | ']';
  /** The member or the place in the list that is read. */
  name: string | number;
  /** Further members; most objects are refused or closed with few, and need no set. */
  first: string | undefined;
  others: Set<string> | undefined;
}

const SCALAR = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null/y;
// The engine's own loops are ten times as fast as one over the characters here.
const BLANKS = /[ \t\n\r]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON wants them escaped
const PLAIN = /[^"\\\u0000-\u001f]+/y;
const ESCAPES = /(?:\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})){1,1000}/y;

const END_OF_TEXT = 'a character of a text, or the quotation mark that ends it';

/**
 * The first problem of a JSON text, found without building anything and without recursion, so that it
 * costs the same whatever the text is made of. Limits, and names that come twice in an object, count
 * only where `limits` are given.
 */
function findJsonProblem(text: string, limits?: JsonLimits): JsonProblem | undefined {
  const open: Frame[] = [];
  let at = 0;
  let values = 0;

  function take(pattern: RegExp): boolean {
    pattern.lastIndex = at;
    const found = pattern.test(text);
    if (found) at = pattern.lastIndex;
    return found;
  }

  function syntax(expected: string): JsonProblem {
    return { kind: 'syntax', at, expected };
  }

  function path(): string[] {
    return open.map(({ name }) => String(name));
  }

  /** Takes the rest of a text; its first quotation mark has been taken. */
  function restOfText(): JsonProblem | undefined {
    while (take(PLAIN) || take(ESCAPES));
    if (text[at] !== '"') return syntax(END_OF_TEXT);
    at += 1;
    return undefined;
  }

  /** Takes the name of a member and its colon. */
  function nameProblem(frame: Frame): JsonProblem | undefined {
    take(BLANKS);
    if (text[at] !== '"') return syntax('a name in double quotes');
    const start = at;
    at += 1;
    const problem = restOfText();
    if (problem !== undefined) return problem;
    if (limits !== undefined) {
      const written = text.slice(start + 1, at - 1);
      const name: string = written.includes('\\') ? JSON.parse(`"${written}"`) : written;
      frame.name = name;
      if (isKnown(frame, name)) return { kind: 'duplicate', path: path() };
    }
    take(BLANKS);
    if (text[at] !== ':') return syntax("':'");
    at += 1;
    return undefined;
  }

  /** Takes a value, or the beginning of one with members. */
  function valueProblem(): JsonProblem | undefined {
    for (;;) {
      take(BLANKS);
      values += 1;
      if (limits !== undefined && values > limits.values) return { kind: 'values' };
      const one = text[at];
      if (one !== '{' && one !== '[') break;
      if (limits !== undefined && open.length > limits.depth)
        return { kind: 'depth', path: path() };
      const closing = one === '{' ? '}' : ']';
      const frame: Frame = { closing, name: 0, first: undefined, others: undefined };
      at += 1;
      take(BLANKS);
      if (text[at] === closing) {
        at += 1;
        return undefined;
      }
      open.push(frame);
      const problem = one === '{' ? nameProblem(frame) : undefined;
      if (problem !== undefined) return problem;
    }
    if (text[at] === '"') {
      at += 1;
      return restOfText();
    }
    return take(SCALAR) ? undefined : syntax('a value');
  }

  for (;;) {
    const problem = valueProblem();
    if (problem !== undefined) return problem;
    take(BLANKS);
    while (open.length > 0 && text[at] === open.at(-1)?.closing) {
      open.pop();
      at += 1;
      take(BLANKS);
    }
    const frame = open.at(-1);
    if (frame === undefined) return at === text.length ? undefined : syntax('the end');
    if (text[at] !== ',') return syntax(`',' or '${frame.closing}'`);
    at += 1;
    if (typeof frame.name === 'number') frame.name += 1;
    const missing = frame.closing === '}' ? nameProblem(frame) : undefined;
    if (missing !== undefined) return missing;
  }
}

/** Whether an object has a member of this name already; from now on it has. */
function isKnown(frame: Frame, name: string): boolean {
  if (frame.first === undefined) {
    frame.first = name;
    return false;
  }
  if (frame.first === name || frame.others?.has(name)) return true;
  frame.others ??= new Set();
  frame.others.add(name);
  return false;
}
