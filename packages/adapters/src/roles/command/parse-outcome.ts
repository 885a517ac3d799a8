import { stripVTControlCharacters } from 'node:util';
import { BatonError, type Outcome, outcomeSchema, parseJson, type Redact } from '@baton/core';
import { firstOf, lastOf } from './excerpt.ts';
import type { CommandResult } from './run-command.ts';

/** Exit code by which a program says that trying again later may help: EX_TEMPFAIL of sysexits.h. */
const TEMPORARY_FAILURE = 75;

const FOUND_CHARACTERS = 200;
const STDERR_CHARACTERS = 2000;

const EXPECTED =
  'expected one JSON document on stdout and nothing else: {"kind": "advance", "result": {…}}, {"kind": "request_retry", "reason": "…"}, {"kind": "ask", "questions": [{…}]} or {"kind": "fail", "reason": "…"}';

/**
 * The outcome that a command wrote.
 *
 * @param who names role and command in messages.
 * @param redact masks stdout where it is shown; stderr is masked already.
 * @throws BatonError `deadline_exceeded` after a timeout and `unavailable` for exit code 75, both
 * retryable; `limit_exceeded` for too long, `invalid_input` for any other unusable answer.
 */
export function parseOutcome(
  who: string,
  result: CommandResult,
  redact: Redact = (text) => text,
): Outcome {
  const { exitCode, stdout, leftOut } = result;
  if (result.timedOut) {
    throw new BatonError('deadline_exceeded', `${who} did not end in time${context(result)}`);
  }
  if (exitCode === TEMPORARY_FAILURE) {
    throw new BatonError('unavailable', `${who} failed for the time being${context(result)}`);
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
  return fromText(who, result, redact);
}

function fromText(who: string, result: CommandResult, redact: Redact): Outcome {
  const said = redact(stripVTControlCharacters(result.stdout));
  const found = JSON.stringify(firstOf(said, FOUND_CHARACTERS));
  let document: unknown;
  try {
    document = parseJson(result.stdout);
  } catch (reason) {
    throw new BatonError(
      'invalid_input',
      `${who} wrote something that is not one JSON document (${BatonError.from(reason).message}); found ${found}; ${EXPECTED}${context(result)}`,
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
    `${who} wrote JSON that is no outcome (${problems.join('; ')}); found ${found}; ${EXPECTED}${context(result)}`,
    { violations },
  );
}

/** How the command ended, for the end of a message. */
function context({ exitCode, signal, stderr }: CommandResult): string {
  const ending = exitCode === null ? `ended by ${signal ?? 'SIGKILL'}` : `exit code ${exitCode}`;
  const said = lastOf(stderr, STDERR_CHARACTERS);
  return `; ${ending}; ${said === '' ? 'nothing on stderr' : `stderr: ${said}`}`;
}
