import { stripVTControlCharacters } from 'node:util';
import { BatonError, type Outcome } from '@baton/core';
import { outcomeSchema, parseJson } from '@baton/core/internal';
import { firstOf, lastOf, shownText } from '../../process/excerpt.ts';
import { withHindrances } from '../../process/hindered.ts';
import type { CommandResult } from '../../process/run-command.ts';

/** EX_TEMPFAIL of sysexits.h: the program says that a later attempt may succeed. */
const TEMPORARY_FAILURE = 75;

const FOUND_CHARACTERS = 200;
const STDERR_CHARACTERS = 2000;

const EXPECTED =
  'expected one JSON document on stdout and nothing else: {"kind": "advance", "result": {…}}, {"kind": "request_retry", "reason": "…"}, {"kind": "ask", "questions": [{…}]} or {"kind": "fail", "reason": "…"}';

/**
 * Parses the outcome that a command wrote.
 *
 * @param who names the role and the command in messages.
 * @param attempt whose secrets are not to be quoted from stdout; those of stderr are gone already.
 * @throws BatonError `deadline_exceeded` after a timeout and `unavailable` for exit code 75, both retryable;
 * `limit_exceeded` for output that is too long; `invalid_input` for any other unusable answer.
 */
export function parseOutcome(
  who: string,
  result: CommandResult,
  attempt: Parameters<typeof shownText>[0] = {},
): Outcome {
  const { exitCode, stdout, leftOut } = result;
  if (result.timedOut) {
    throw new BatonError('deadline_exceeded', `${who} did not end in time${context(result)}`);
  }
  if (result.excess !== undefined) {
    throw new BatonError('limit_exceeded', `${who} was ended: ${result.excess}${context(result)}`);
  }
  if (exitCode === TEMPORARY_FAILURE) {
    throw new BatonError('unavailable', `${who} failed temporarily${context(result)}`);
  }
  if (exitCode !== 0) {
    throw new BatonError('invalid_input', `${who} failed; expected exit code 0${context(result)}`);
  }
  if (leftOut.stdout > 0) {
    throw new BatonError(
      'limit_exceeded',
      `${who} wrote ${leftOut.stdout} bytes more to stdout than are kept; ${EXPECTED}${context(result)}`,
    );
  }
  if (stdout.trim() === '') {
    throw new BatonError(
      'invalid_input',
      `${who} wrote nothing to stdout; ${EXPECTED}${context(result)}`,
    );
  }
  const said = shownText(attempt, stripVTControlCharacters(withoutMark(stdout)));
  return fromText(who, result, JSON.stringify(firstOf(said, FOUND_CHARACTERS)));
}

function fromText(who: string, result: CommandResult, found: string): Outcome {
  const text = withoutMark(result.stdout);
  let document: unknown;
  try {
    document = parseJson(text);
  } catch (reason) {
    throw new BatonError(
      'invalid_input',
      `${who} wrote something that is not one JSON document (${BatonError.from(reason).message}${peculiarity(text)}); found ${found}; ${EXPECTED}${context(result)}`,
    );
  }
  const parsed = outcomeSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  const violations = parsed.error.issues.map(({ path, message }) => ({
    field: path.map(String).join('.'),
    description: message,
  }));
  const problems = violations.map(({ field, description }) => `${field || 'kind'}: ${description}`);
  throw new BatonError(
    'invalid_input',
    `${who} wrote JSON that is not an outcome (${problems.join('; ')}); found ${found}; ${EXPECTED}${context(result)}`,
    { violations },
  );
}

const BYTE_ORDER_MARK = '\ufeff';

/** Removes the byte order mark that Windows programs write. */
function withoutMark(text: string): string {
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(BYTE_ORDER_MARK.length) : text;
}

/** Describes an invisible character that breaks the JSON, and how to avoid it. */
function peculiarity(text: string): string {
  if (text.includes('\0')) return '; it has NUL characters, as UTF-16 does; write UTF-8';
  if (text.includes(BYTE_ORDER_MARK)) return '; it contains a byte order mark';
  if (stripVTControlCharacters(text) === text) return '';
  return '; it has colours or other control sequences for terminals in it, which `found` is without; write none, as NO_COLOR=1 has most programs do';
}

/** Describes how the command ended, to complete a message. */
function context(result: CommandResult): string {
  const { exitCode, signal, stderr } = result;
  const ending = exitCode === null ? `ended by ${signal ?? 'SIGKILL'}` : `exit code ${exitCode}`;
  const said = lastOf(stderr, STDERR_CHARACTERS);
  return `; ${withHindrances(ending, result)}; ${said === '' ? 'nothing on stderr' : `stderr: ${said}`}`;
}
