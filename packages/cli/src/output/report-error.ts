import type { BatonError } from '@baton/core';
import { plain } from './table.ts';
import type { OutputStream } from './terminal.ts';

export interface ErrorReport {
  readonly json: boolean;
  /** Names where the bug is: the stack trace is shown. */
  readonly debug: boolean;
}

/** Says on stderr what went wrong: in words, or, for machines, as one JSON document. */
export function reportError(
  stderr: OutputStream,
  error: BatonError,
  { json, debug }: ErrorReport,
): void {
  const { code, message, retryable, violations, legal, metadata } = error;
  if (json) {
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
  if (debug) lines.push(traceOf(error));
  stderr.write(`${lines.join('\n')}\n`);
}

/** The trace of what was thrown first. */
function traceOf(error: BatonError): string {
  const first = error.cause instanceof Error ? error.cause : error;
  return first.stack ?? String(first);
}
