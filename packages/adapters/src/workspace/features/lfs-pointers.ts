import { type Git, type GitCall, textOf } from '../../git/git.ts';
import { readBlobs } from '../../git/tree-entries.ts';

/** Pointers are smaller than this; their specification says so. */
const LARGEST_POINTER = 1024;
const VERSION = 'version https://git-lfs.github.com/spec/v1\n';
const OID = /^oid sha256:([0-9a-f]{64})$/m;

/** The ids of the contents that git-lfs has for blobs, by the id of the blob; other blobs are left out. */
export async function lfsPointers(
  git: Git,
  ids: readonly string[],
  call: GitCall,
): Promise<ReadonlyMap<string, string>> {
  const input = Buffer.from(ids.map((id) => `${id}\n`).join(''));
  const check = ['cat-file', '--batch-check=%(objectsize)'];
  const sizes = textOf(await git(check, { ...call, input }))
    .split('\n')
    .map(Number);
  const small = ids.filter((_, at) => (sizes[at] ?? LARGEST_POINTER) < LARGEST_POINTER);
  const blobs = await readBlobs(git, small, call);
  const pointers = new Map<string, string>();
  for (const [at, id] of small.entries()) {
    const text = blobs[at]?.toString('latin1') ?? '';
    const oid = text.startsWith(VERSION) ? OID.exec(text)?.[1] : undefined;
    if (oid !== undefined) pointers.set(id, oid);
  }
  return pointers;
}
