import { type Redact, redactDeep } from '@baton/adapters/secrets';
import type { BatonError } from '@baton/core';
import { plain } from './table.ts';
import type { OutputStream } from './terminal.ts';

export interface ErrorReport {
  readonly json: boolean;
  /** Names where the bug is: the stack trace is shown. */
  readonly debug: boolean;
  /** Masks secrets. */
  readonly redact: Redact;
}

/** Says on stderr what went wrong: in words, or, for machines, as one JSON document. */
export function reportError(
  stderr: OutputStream,
  error: BatonError,
  { json, debug, redact }: ErrorReport,
): void {
  const { code, retryable } = error;
  const message = redact(error.message);
  const violations = redactDeep(redact, error.violations);
  const legal = redactDeep(redact, error.legal);
  if (json) {
    const metadata = redactDeep(redact, error.metadata);
    const document = { error: { code, message, retryable, violations, legal, metadata } };
    stderr.write(`${JSON.stringify(document)}\n`);
    return;
  }
  const lines = [`error: ${plain(message)} (${code})`];
  for (const { field, description } of violations) {
    const line = plain(field === '' ? description : `${field}: ${description}`);
    if (!message.includes(line)) lines.push(`  ${line}`);
  }
  if (legal.length > 0 && legal.some((one) => !message.includes(one))) {
    lines.push(`  legal: ${legal.join(', ')}`);
  }
  if (debug) lines.push(redact(traceOf(error)));
  stderr.write(`${lines.join('\n')}\n`);
}

/** The trace of what was thrown first. */
function traceOf(error: BatonError): string {
  const first = error.cause instanceof Error ? error.cause : error;
  return first.stack ?? String(first);
}
