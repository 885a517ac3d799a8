import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { textOf } from '../../git/git.ts';
import { settingOf } from '../../git/git-settings.ts';
import { readBlobs } from '../../git/read-blobs.ts';
import { idOf } from '../../git/tree-entries.ts';
import type { Examined } from './examined.ts';

/** Pointers are smaller than this; their specification says so. */
const LARGEST_POINTER = 1024;
const VERSION = 'version https://git-lfs.github.com/spec/v1\n';
const OID = /^oid sha256:([0-9a-f]{64})$/m;

/** The files that are git-lfs pointers to content that is missing here. */
export async function missingLfsObjects(
  paths: readonly string[],
  { git, repository, settings, entries }: Examined,
): Promise<readonly string[]> {
  const call = { cwd: repository.root, env: { GIT_NO_REPLACE_OBJECTS: '1' } };
  const ids = paths.map((path) => idOf(entries.get(path) ?? ''));
  const input = Buffer.from(ids.map((id) => `${id}\n`).join(''));
  const check = ['cat-file', '--batch-check=%(objectsize)'];
  const sizes = textOf(await git(check, { ...call, input }))
    .split('\n')
    .map(Number);
  const small = paths.flatMap((path, at) =>
    (sizes[at] ?? LARGEST_POINTER) < LARGEST_POINTER ? [{ path, id: ids[at] ?? '' }] : [],
  );
  const blobs = await readBlobs(
    git,
    small.map(({ id }) => id),
    call,
  );
  const storage = settingOf(settings, 'lfs.storage') ?? 'lfs';
  const objects = join(resolve(repository.commonDir, storage), 'objects');
  return small.flatMap(({ path }, at) => {
    const text = blobs[at]?.toString('latin1') ?? '';
    const oid = text.startsWith(VERSION) ? OID.exec(text)?.[1] : undefined;
    if (oid === undefined) return [];
    return existsSync(join(objects, oid.slice(0, 2), oid.slice(2, 4), oid)) ? [] : [path];
  });
}
