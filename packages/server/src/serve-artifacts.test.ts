import { createFolderArtifactStore } from '@baton/adapters/artifacts';
import { type ArtifactMeta, BatonError, type WorkflowStatus } from '@baton/core';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../adapters/src/testing/temporary-folder.ts';
import { createLog } from './log.ts';
import { openServedArtifacts } from './serve-artifacts.ts';

const NONE = { retentionSeconds: undefined, maxBytes: undefined };
const KEPT = ['wf_complete', 'wf_open', 'wf_unknown'];

/** A folder with an artifact of each of three workflows, and how those stand. */
async function aFolder() {
  const folder = temporaryFolder();
  const artifacts = await createFolderArtifactStore({ folder });
  for (const workflowId of KEPT) {
    const meta: ArtifactMeta = {
      ...{ workflowId, projectId: 'shop', state: 'testing', role: 'test_auditor', epoch: 1 },
      ...{ attempt: 1, kind: 'output', name: 'test', mediaType: 'text/plain', createdAt: 1 },
    };
    await artifacts.write(meta, Buffer.from('said'));
  }
  const status = async ({ workflowId }: { workflowId: string }) => {
    if (workflowId === 'wf_unknown') throw new BatonError('not_found', 'no such workflow');
    if (workflowId === 'wf_away') throw new BatonError('unavailable', 'the store is away');
    const completedAt = workflowId === 'wf_complete' ? 2 : undefined;
    return { completedAt } as WorkflowStatus;
  };
  const left = async () => {
    const lists = KEPT.map((workflowId) => artifacts.list({ workflowId, after: 0, limit: 1 }));
    return (await Promise.all(lists)).flat().map(({ workflowId }) => workflowId);
  };
  return { url: `folder:${folder}`, status, left };
}

it('a retention takes the artifacts of complete and of unknown workflows, and says so', async () => {
  const { url, status, left } = await aFolder();
  const lines: string[] = [];
  const log = createLog({ level: 'info', write: (line) => lines.push(line) });
  const served = await openServedArtifacts({ ...NONE, url, retentionSeconds: 60 }, { status }, log);
  await served.close();
  expect(await left()).toEqual(['wf_open']);
  expect(lines.join()).toContain('"workflowIds":["wf_complete","wf_unknown"]');
});

it('without a retention nothing goes', async () => {
  const { url, status, left } = await aFolder();
  const log = createLog({ level: 'silent' });
  await (await openServedArtifacts({ ...NONE, url }, { status }, log)).close();
  expect(await left()).toEqual(KEPT);
});

it('while workflows cannot be asked about, nothing goes, and the log says why', async () => {
  const { url, left } = await aFolder();
  const lines: string[] = [];
  const log = createLog({ level: 'warn', write: (line) => lines.push(line) });
  const status = async (): Promise<never> => {
    throw new BatonError('unavailable', 'the store is away');
  };
  await (await openServedArtifacts({ ...NONE, url, maxBytes: 1 }, { status }, log)).close();
  expect(await left()).toEqual(KEPT);
  expect(lines.join()).toContain('the store is away');
});
