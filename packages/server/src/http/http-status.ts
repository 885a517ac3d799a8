import type { ErrorCode } from '@baton/core';

/** Each code of Baton as an HTTP status, for the plain HTTP routes. */
export const HTTP_STATUS = {
  invalid_input: 400,
  not_found: 404,
  illegal_transition: 409,
  wrong_state: 409,
  gate_not_passed: 422,
  timed_out: 409,
  budget_spent: 409,
  not_owner: 403,
  stale_revision: 409,
  stale_epoch: 409,
  stale_claim: 409,
  already_exists: 409,
  // As the IETF's draft on the Idempotency-Key header has it.
  request_id_reused: 422,
  limit_exceeded: 413,
  unavailable: 503,
  // nginx's word for a caller who has gone.
  cancelled: 499,
  deadline_exceeded: 504,
  data_loss: 500,
  internal: 500,
} as const satisfies Record<ErrorCode, number>;
