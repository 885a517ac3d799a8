import type { BatonError, Redact, RoleContext } from '@baton/core';
import { createMaskedMessages, redactError } from '@baton/core/internal';

/** Characters of a message; cut after redacting, for half a secret is not known as one. */
const MESSAGE_CHARACTERS = 4000;

/** The same context, from which no secret gets out. To be ended, for progress is held back. */
export function redactedContext(
  context: RoleContext,
  redact: Redact,
): { readonly safe: RoleContext; end(): void } {
  const { say, end } = createMaskedMessages(redact, (message) =>
    context.progress(shortened(message)),
  );
  const safe: RoleContext = {
    ...context,
    redact,
    progress: say,
    note: ({ code, message }) => context.note({ code, message: shortened(redact(message)) }),
    usage: (used) => context.usage(used),
  };
  return { safe, end };
}

/** The same error without secrets and without a cause. */
export function redactedError(reason: unknown, redact: Redact): BatonError {
  return redactError((text) => shortened(redact(text)), reason);
}

function shortened(text: string): string {
  if (text.length <= MESSAGE_CHARACTERS) return text;
  return `${text.slice(0, MESSAGE_CHARACTERS).toWellFormed()}…`;
}
