import type { BatonError, Redact, RoleContext } from '@baton/core';
import { createMaskedMessages, redactError } from '@baton/core/internal';

/** Characters of a message. It is truncated after masking, because half a secret is not recognized. */
const MESSAGE_CHARACTERS = 4000;

/** Wraps a context so that no secret leaves it. Call `end`, because progress is buffered. */
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

/** The error without secrets and without its cause. */
export function redactedError(reason: unknown, redact: Redact): BatonError {
  return redactError((text) => shortened(redact(text)), reason);
}

function shortened(text: string): string {
  if (text.length <= MESSAGE_CHARACTERS) return text;
  return `${text.slice(0, MESSAGE_CHARACTERS).toWellFormed()}…`;
}
