// Writes artifacts until it is killed, into the store that its arguments name.
import { randomBytes } from 'node:crypto';
import type { ArtifactMeta } from '@baton/core';
import { createFolderArtifactStore } from '../folder/folder-artifact-store.ts';
import { createSqliteArtifactStore } from '../sqlite/sqlite-artifact-store.ts';

const [kind, place = ''] = process.argv.slice(2);
const store =
  kind === 'folder'
    ? await createFolderArtifactStore({ folder: place })
    : await createSqliteArtifactStore({ path: place });
for (let n = 1; ; n++) {
  const meta: ArtifactMeta = {
    ...{ workflowId: 'wf_1', projectId: 'shop', state: 'testing', role: 'test_auditor' },
    ...{ epoch: 1, attempt: 1, name: `${n}`, mediaType: 'text/plain' },
    kind: 'output',
    createdAt: n,
  };
  const { number } = await store.write(meta, randomBytes(300_000));
  process.stdout.write(`${number}\n`);
}
