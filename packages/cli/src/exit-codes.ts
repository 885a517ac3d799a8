import type { ErrorCode } from '@baton/core';

/** What the process answers to its caller. Stable: scripts rely on the numbers. */
export const EXIT = {
  ok: 0,
  internal: 1,
  usage: 2,
  notFound: 3,
  refused: 4,
  unavailable: 5,
  waitsInError: 6,
  waitsForPerson: 7,
  notReady: 8,
  notConforming: 9,
  changed: 10,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const BY_ERROR = {
  invalid_input: EXIT.usage,
  limit_exceeded: EXIT.usage,
  not_found: EXIT.notFound,
  illegal_transition: EXIT.refused,
  wrong_state: EXIT.refused,
  gate_not_passed: EXIT.refused,
  timed_out: EXIT.refused,
  budget_spent: EXIT.refused,
  not_owner: EXIT.refused,
  unauthenticated: EXIT.refused,
  permission_denied: EXIT.refused,
  stale_revision: EXIT.refused,
  stale_epoch: EXIT.refused,
  stale_claim: EXIT.refused,
  already_exists: EXIT.refused,
  request_id_reused: EXIT.refused,
  unavailable: EXIT.unavailable,
  deadline_exceeded: EXIT.unavailable,
  cancelled: EXIT.interrupted,
  data_loss: EXIT.internal,
  internal: EXIT.internal,
} as const satisfies Record<ErrorCode, ExitCode>;

export function exitCodeOf(code: ErrorCode): ExitCode {
  return BY_ERROR[code];
}

/** For the end of every `--help`. */
export const EXIT_CODES_HELP = `
Exit codes:
  0    done
  1    unexpected error: a bug in Baton, or data that cannot be read
  2    wrong usage or invalid input
  3    no such workflow, file or state database
  4    refused: wrong state, gate not passed, not the owner, not allowed, stale, exists already
  5    unavailable: the server or the store is away; try the same command later
  6    the build waits in 'error' for a decision: it has failed, or was cancelled
  7    the build waits for a person: an answer or an approval
  8    doctor has found what keeps builds from working
  9    conformance has found what a worker does wrong
  10   audit has found an event that was changed, is missing or was added
  130  interrupted`;
