import { BatonError } from './errors.ts';
import { tooManyValues } from './json.ts';
import { findJsonProblem, type JsonLimits, type JsonProblem } from './scan-json.ts';

/**
 * The value of a JSON text. What is wrong with one is said by its place: the engine's own message quotes
 * the text around the error, which may hold part of a secret that redaction no longer recognises.
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
