import { plain } from '@baton/builds/internal';
import type { BatonError } from '@baton/core';
import type { OutputStream } from './terminal.ts';
import { wrapText } from './wrap.ts';

export interface ErrorReport {
  readonly json: boolean;
  /** The stack trace of a bug. */
  readonly trace: string | undefined;
}

/**
 * Says on stderr what went wrong: in words, or, for machines, as one JSON document.
 *
 * @param error without secrets, as the trace is.
 */
export function reportError(
  stderr: OutputStream,
  error: BatonError,
  { json, trace }: ErrorReport,
): void {
  const { code, message, retryable, violations, legal, metadata } = error;
  if (json) {
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
  if (code === 'unauthenticated') {
    lines.push('  Set BATON_TOKEN to an API key or a token that the server accepts.');
  }
  if (trace !== undefined) lines.push(plain(trace));
  stderr.write(`${forPeople(lines.join('\n'), stderr)}\n`);
}

/** Only the first line is broken: in further ones there may be commands. */
function forPeople(text: string, { isTTY, columns }: OutputStream): string {
  if (isTTY !== true) return text;
  const [first = '', ...more] = text.split('\n');
  return [wrapText(first, columns || 80, 'error: '.length), ...more].join('\n');
}
