import { BatonError } from '@baton/core';
import type { Redact } from '../../secrets/create-redactor.ts';
import type { AssignmentView } from './assignment-fingerprint.ts';
import type { FileChange } from './cassette-format.ts';

/**
 * Refuses to record files that hold a secret: a masked file would replay as a different one.
 *
 * @throws BatonError `invalid_input` naming the files that hold a secret.
 */
export function refuseSecrets(
  files: Readonly<Record<string, FileChange>>,
  { role, state }: AssignmentView,
  redact: Redact,
): void {
  const found = Object.entries(files).filter(([path, change]) =>
    [path, ...textsOf(change)].some((text) => redact(text) !== text),
  );
  if (found.length === 0) return;
  const names = found.map(([path]) => JSON.stringify(redact(path))).join(', ');
  throw new BatonError(
    'invalid_input',
    `cannot record role '${role}' in state '${state}': a secret stands in ${names}, and masked it would replay as another file; expected the role to leave secrets out of the files it writes`,
  );
}

/** Encodings to try for content that is not valid UTF-8 as a whole. */
const ENCODINGS = ['latin1', 'utf8', 'utf16le'] as const;

function textsOf(change: FileChange): readonly string[] {
  if (!('content' in change)) return [];
  const { encoding, content } = change;
  if (encoding === 'utf8') return [content];
  const bytes = Buffer.from(content, encoding);
  return ENCODINGS.map((one) => bytes.toString(one));
}
