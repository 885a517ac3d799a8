import { BatonError } from './errors.ts';
import type { Redact } from './redact.ts';
import { redactDeep } from './redact-deep.ts';

/** The same error without secrets; its cause is left out, because it may hold any secret. */
export function redactError(redact: Redact, reason: unknown): BatonError {
  const found = BatonError.from(reason);
  const error = new BatonError(found.code, redact(found.message), {
    retryable: found.retryable,
    violations: redactDeep(redact, found.violations),
    legal: redactDeep(redact, found.legal),
    metadata: redactDeep(redact, found.metadata),
  });
  // Of a bug the place is what tells most.
  if (reason instanceof Error && reason.stack !== undefined) error.stack = redact(reason.stack);
  return error;
}
