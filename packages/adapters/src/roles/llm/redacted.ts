import { BatonError, type RoleContext } from '@baton/core';
import type { Redact } from '../../secrets/create-redactor.ts';
import { redactDeep } from '../../secrets/redact-deep.ts';

/** The same context, from which no secret gets out. */
export function redactedContext(context: RoleContext, redact: Redact): RoleContext {
  return {
    ...context,
    progress: (message) => context.progress(redact(message)),
    note: ({ code, message }) => context.note({ code, message: redact(message) }),
    usage: (used) => context.usage(used),
  };
}

/** The same error without secrets; its cause is left out, for nobody knows what it holds. */
export function redactedError(reason: unknown, redact: Redact): BatonError {
  const { code, message, retryable, violations, legal, metadata } = BatonError.from(reason);
  return new BatonError(code, redact(message), {
    retryable,
    violations: redactDeep(redact, violations),
    legal: redactDeep(redact, legal),
    metadata: redactDeep(redact, metadata),
  });
}
