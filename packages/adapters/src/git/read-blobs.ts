import { BatonError } from '@baton/core';
import type { Git, GitCall } from './git.ts';

/**
 * Reads the contents of blobs with one process, in the order of their ids.
 *
 * @throws BatonError `data_loss` when a blob is missing.
 */
export async function readBlobs(
  git: Git,
  ids: readonly string[],
  call: GitCall,
): Promise<readonly Buffer[]> {
  if (ids.length === 0) return [];
  const input = Buffer.from(ids.map((id) => `${id}\n`).join(''));
  const { stdout } = await git(['cat-file', '--batch'], { ...call, input });
  const blobs: Buffer[] = [];
  for (let at = 0; at < stdout.length; ) {
    const end = stdout.indexOf('\n', at);
    const [id, type, size] = stdout.toString('latin1', at, end).split(' ');
    if (type !== 'blob')
      throw new BatonError('data_loss', `expected the blob ${id}, found ${type}`);
    const length = Number(size);
    blobs.push(stdout.subarray(end + 1, end + 1 + length));
    at = end + 1 + length + 1;
  }
  return blobs;
}
