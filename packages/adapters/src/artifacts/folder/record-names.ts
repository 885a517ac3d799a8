import { readdir } from 'node:fs/promises';
import { isMissing } from '../../files/files.ts';

/** What the name of a record says, so that most questions need no look into it. */
export interface RecordName {
  readonly file: string;
  readonly number: number;
  readonly identity: string;
  readonly digest: string;
  /** Of the content, compressed. */
  readonly bytes: number;
}

const NAME = /^(\d{8})\.([0-9a-f]{32})\.([0-9a-f]{64})\.(\d+)\.json$/;

/** The records in a folder by number. Files that are being written are none. */
export async function readRecordNames(folder: string): Promise<readonly RecordName[]> {
  const files = await readdir(folder).catch((reason: unknown) => {
    if (isMissing(reason)) return [];
    throw reason;
  });
  const names = files.flatMap((file) => {
    const [, number, identity = '', digest = '', bytes] = NAME.exec(file) ?? [];
    if (number === undefined) return [];
    return [{ file, number: Number(number), identity, digest, bytes: Number(bytes) }];
  });
  return names.sort((a, b) => a.number - b.number);
}

/** The name of a record that is added to those. */
export function nextRecord(
  names: readonly RecordName[],
  { identity, digest, bytes }: Pick<RecordName, 'identity' | 'digest' | 'bytes'>,
): RecordName {
  const number = (names.at(-1)?.number ?? 0) + 1;
  const file = `${String(number).padStart(8, '0')}.${identity}.${digest}.${bytes}.json`;
  return { file, number, identity, digest, bytes };
}
