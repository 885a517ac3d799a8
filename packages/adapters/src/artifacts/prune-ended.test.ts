import { randomBytes } from 'node:crypto';
import type { ArtifactMeta } from '@baton/core';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { createFolderArtifactStore } from './folder/folder-artifact-store.ts';
import { pruneEnded } from './prune-ended.ts';

it('leaves what open workflows rest on, however old it is and however much there is', async () => {
  const artifacts = await createFolderArtifactStore({ folder: temporaryFolder() });
  for (const workflowId of ['wf_1', 'wf_2', 'wf_3']) {
    const meta: ArtifactMeta = {
      ...{ workflowId, projectId: 'shop', state: 'testing', role: 'test_auditor', epoch: 1 },
      ...{ attempt: 1, kind: 'output', name: 'test', mediaType: 'text/plain', createdAt: 1 },
    };
    await artifacts.write(meta, randomBytes(1000));
  }
  const hasEnded = async (workflowId: string) => workflowId !== 'wf_2';
  const pruned = await pruneEnded(artifacts, { now: 10, maxBytes: 1500 }, hasEnded);
  expect(pruned.workflowIds).toEqual(['wf_3']);
  const aged = await pruneEnded(artifacts, { now: 10, afterMs: 5 }, hasEnded);
  expect(aged.workflowIds).toEqual(['wf_1']);
  expect(await artifacts.list({ workflowId: 'wf_2', after: 0, limit: 9 })).toHaveLength(1);
});
