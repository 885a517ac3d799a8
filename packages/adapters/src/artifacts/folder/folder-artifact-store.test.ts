import { createHash } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { type ArtifactMeta, BatonError } from '@baton/core';
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

async function textOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of content) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

const codeOf = (reason: unknown) => BatonError.from(reason).code;

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

  it.each(['5', 'null', '{"number":1}', '{"workflowId":'])(
    'takes no record for an artifact that is none, and removes it with its workflow all the same: %s',
    async (text) => {
      const folder = temporaryFolder();
      const store = await createFolderArtifactStore({ folder });
      await store.write(META, Buffer.from('whole'));
      const other = { ...META, workflowId: 'wf_2' };
      await store.write(other, Buffer.from('whole'));
      const records = join(folder, 'wf_1', 'records');
      const [record = ''] = readdirSync(records);
      writeFileSync(join(records, record), text);
      const list = store.list({ workflowId: 'wf_1', after: 0, limit: 9 });
      await expect(list).rejects.toMatchObject({ code: 'data_loss' });
      const young = await store.prune({ now: 1000, afterMs: 500 });
      expect(young.workflowIds).toEqual(['wf_2']);
      const old = await store.prune({ now: Date.now() + 1000, afterMs: 500 });
      expect(old.workflowIds).toEqual(['wf_1']);
    },
  );

  it('takes no mark for one that is none', async () => {
    const folder = temporaryFolder();
    const store = await createFolderArtifactStore({ folder });
    await store.write(META, Buffer.from('whole'));
    mkdirSync(join(folder, 'wf_1', 'marks'));
    writeFileSync(join(folder, 'wf_1', 'marks', 'odd.json'), '{"epoch":2}');
    const list = store.list({ workflowId: 'wf_1', after: 0, limit: 9 });
    await expect(list).rejects.toMatchObject({ code: 'data_loss' });
  });

  it.each(['the same artifact', 'another'])(
    'mends content that was damaged or lost when it is written again as %s',
    async (name) => {
      const folder = temporaryFolder();
      const store = await createFolderArtifactStore({ folder });
      const again = { ...META, ...(name === 'another' && { name }) };
      const artifact = await store.write(META, Buffer.from('whole'));
      const path = join(folder, 'wf_1', 'content', artifact.digest);
      writeFileSync(path, 'damaged');
      await expect(textOf(store.read(artifact))).rejects.toMatchObject({ code: 'data_loss' });
      await store.write(again, Buffer.from('whole'));
      expect(await textOf(store.read(artifact))).toBe('whole');
      rmSync(path);
      await expect(textOf(store.read(artifact))).rejects.toMatchObject({ code: 'data_loss' });
      await store.write(again, Buffer.from('whole'));
      expect(await textOf(store.read(artifact))).toBe('whole');
    },
  );

  it('is pruned, written and read at the same time', async () => {
    const folder = temporaryFolder();
    const [one, other] = await Promise.all([0, 1].map(() => createFolderArtifactStore({ folder })));
    if (one === undefined || other === undefined) throw new Error('there are two');
    let isWritten = false;
    const write = async (writer: string) => {
      for (let nth = 0; nth < 60; nth++) {
        const meta = { ...META, workflowId: `wf_${nth % 3}`, name: `${writer} ${nth}` };
        await one.write(meta, Buffer.from('x'.repeat(nth)));
      }
    };
    const prune = async (afterMs?: number) => {
      while (!isWritten) await other.prune({ now: Date.now(), afterMs, orphansAfterMs: 0 });
    };
    const read = async () => {
      while (!isWritten) {
        for (const artifact of await one.list({ workflowId: 'wf_1', after: 0, limit: 99 })) {
          const text = await textOf(other.read(artifact)).catch(codeOf);
          expect(['x'.repeat(artifact.size), 'not_found']).toContain(text);
        }
      }
    };
    const writing = Promise.all(['a', 'b'].map(write)).finally(() => {
      isWritten = true;
    });
    await Promise.all([writing, prune(), prune(0), read()]);
  }, 30_000);

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
