import { BatonError } from '@baton/core';
import type { Redact } from '../../secrets/create-redactor.ts';
import type { AssignmentView } from './assignment-fingerprint.ts';
import type { FileChange } from './cassette-format.ts';

/**
 * Files are recorded as they are or not at all: with a mask in it, a file would replay as another.
 *
 * @throws BatonError `invalid_input` naming the files that hold a secret.
 */
export function refuseSecrets(
  files: Readonly<Record<string, FileChange>>,
  { role, state }: AssignmentView,
  redact: Redact,
): void {
  const found = Object.entries(files).filter(([path, change]) =>
    [path, contentOf(change)].some((text) => redact(text) !== text),
  );
  if (found.length === 0) return;
  const names = found.map(([path]) => JSON.stringify(redact(path))).join(', ');
  throw new BatonError(
    'invalid_input',
    `cannot record role '${role}' in state '${state}': a secret stands in ${names}, and masked it would replay as another file; expected the role to leave secrets out of the files it writes`,
  );
}

function contentOf(change: FileChange): string {
  if (!('content' in change)) return '';
  const { encoding, content } = change;
  return encoding === 'utf8' ? content : Buffer.from(content, encoding).toString('latin1');
}
