import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import type { ArtifactMeta } from '@baton/core';
import { describeArtifactContract } from '@baton/core/testing';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { createFolderArtifactStore } from './folder-artifact-store.ts';

const META: ArtifactMeta = {
  workflowId: 'wf_1',
  projectId: 'shop',
  state: 'testing',
  role: 'test_auditor',
  epoch: 1,
  attempt: 1,
  kind: 'output',
  name: 'test',
  mediaType: 'text/plain',
  createdAt: 1,
};

for (const inside of [undefined, 'artifacts']) {
  describeArtifactContract(
    `a folder${inside === undefined ? '' : ' inside of others'}`,
    async () => {
      const folder = join(temporaryFolder(), 'deep', 'artifacts');
      const contents = (workflowId: string) => join(folder, workflowId, inside ?? '', 'content');
      return {
        store: await createFolderArtifactStore({ folder, inside }),
        another: (limits) => createFolderArtifactStore({ folder, inside, ...limits }),
        async leaveHalfWritten(workflowId, content) {
          const digest = createHash('sha256').update(content).digest('hex');
          mkdirSync(contents(workflowId), { recursive: true });
          writeFileSync(join(contents(workflowId), digest), zstdCompressSync(content));
        },
        async damage(workflowId, digest) {
          const path = join(contents(workflowId), digest);
          const bytes = readFileSync(path);
          bytes.writeUInt8(bytes.readUInt8(bytes.length - 2) ^ 0xff, bytes.length - 2);
          writeFileSync(path, bytes);
        },
        destroy: async () => undefined,
      };
    },
  );
}

describe('a folder of artifacts', () => {
  it('shows nothing of what is being written, and removes what a crash left of it', async () => {
    const folder = temporaryFolder();
    const store = await createFolderArtifactStore({ folder });
    const written = await store.write(META, Buffer.from('whole'));
    const records = join(folder, 'wf_1', 'records');
    const [record = ''] = readdirSync(records);
    const half = join(records, `${record.replace(/^00000001/, '00000002')}.8f7c`);
    writeFileSync(half, '{"workflowId":"wf');
    utimesSync(half, 1, 1);
    expect(await store.list({ workflowId: 'wf_1', after: 0, limit: 9 })).toEqual([written]);
    expect(await store.write({ ...META, name: 'next' }, Buffer.from(''))).toMatchObject({
      number: 2,
    });
    expect(await store.prune({ now: Date.now() })).toMatchObject({ orphans: 1 });
    expect(readdirSync(records)).toHaveLength(2);
  });

  it('says which record cannot be read', async () => {
    const folder = temporaryFolder();
    const store = await createFolderArtifactStore({ folder });
    await store.write(META, Buffer.from('whole'));
    const records = join(folder, 'wf_1', 'records');
    const [record = ''] = readdirSync(records);
    writeFileSync(join(records, record), '{"workflowId":');
    const list = store.list({ workflowId: 'wf_1', after: 0, limit: 9 });
    await expect(list).rejects.toMatchObject({
      code: 'data_loss',
      message: expect.stringContaining(record),
    });
  });

  it('is for its user alone, and says what the file system refuses', async () => {
    const folder = temporaryFolder();
    const store = await createFolderArtifactStore({ folder });
    const { digest } = await store.write(META, Buffer.from('whole'));
    const mode = statSync(join(folder, 'wf_1', 'content', digest)).mode & 0o777;
    expect(mode).toBe(0o600);
    writeFileSync(join(folder, 'wf_2'), 'no folder');
    const write = store.write({ ...META, workflowId: 'wf_2' }, Buffer.from('a'));
    await expect(write).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('leaves what others have beside its own in the folders of workflows', async () => {
    const folder = temporaryFolder();
    const store = await createFolderArtifactStore({ folder, inside: 'artifacts' });
    await store.write(META, Buffer.from('whole'));
    writeFileSync(join(folder, 'wf_1', 'other'), 'of others');
    await store.prune({ now: 10, afterMs: 0 });
    expect(readdirSync(join(folder, 'wf_1')).sort()).toEqual(['artifacts.lock', 'other']);
  });

  it('refuses limits that are none', async () => {
    for (const limits of [{ maxArtifactBytes: 0 }, { maxWorkflowBytes: 1.5 }, { lockWaitMs: -1 }]) {
      const opening = createFolderArtifactStore({ folder: temporaryFolder(), ...limits });
      await expect(opening).rejects.toMatchObject({ code: 'invalid_input' });
    }
  });
});
