import { type Redact, redactDeep } from '@baton/adapters/secrets';
import { plain } from '@baton/builds/internal';
import type { BatonError } from '@baton/core';
import type { OutputStream } from './terminal.ts';
import { wrapText } from './wrap.ts';

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
  const [first = '', ...more] = plain(message).split('\n');
  // Nothing stands behind the lines of a command that git, for one, says to run.
  const lines = [`error: ${first} (${code})`, ...more];
  for (const { field, description } of violations) {
    const line = field === '' ? description : `${field}: ${description}`;
    if (!message.includes(line)) lines.push(`  ${plain(line)}`);
  }
  if (legal.length > 0 && legal.some((one) => !message.includes(one))) {
    lines.push(`  legal: ${plain(legal.join(', '))}`);
  }
  if (debug) lines.push(plain(redact(traceOf(error))));
  stderr.write(`${forPeople(lines.join('\n'), stderr)}\n`);
}

/** Only the first line is broken: in further ones there may be commands. */
function forPeople(text: string, { isTTY, columns }: OutputStream): string {
  if (isTTY !== true) return text;
  const [first = '', ...more] = text.split('\n');
  return [wrapText(first, columns || 80, 'error: '.length), ...more].join('\n');
}

/** The trace of what was thrown first. */
function traceOf(error: BatonError): string {
  const first = error.cause instanceof Error ? error.cause : error;
  return first.stack ?? String(first);
}
