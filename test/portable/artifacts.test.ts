import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createFolderArtifactStore, createSqliteArtifactStore } from '@baton/adapters/artifacts';
import {
  type Artifact,
  type ArtifactMeta,
  type ArtifactStore,
  exportArtifacts,
  importArtifacts,
} from '@baton/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../packages/adapters/src/testing/temporary-folder.ts';

type Kind = 'folder' | 'sqlite';

async function open(kind: Kind, maxArtifactBytes?: number): Promise<ArtifactStore> {
  const path = join(temporaryFolder(), 'kept');
  const store =
    kind === 'folder'
      ? await createFolderArtifactStore({ folder: path, maxArtifactBytes })
      : await createSqliteArtifactStore({ path, maxArtifactBytes });
  onTestFinished(() => store.close());
  return store;
}

const meta = (changes: Partial<ArtifactMeta>): ArtifactMeta => ({
  ...{ workflowId: 'wf_1', projectId: 'shop', state: 'testing', role: 'test_auditor', epoch: 1 },
  ...{ attempt: 1, kind: 'output', name: 'test', mediaType: 'text/plain', createdAt: 1 },
  ...changes,
});

/** Artifacts of each kind that matters: large, empty, shortened, superseded by attempt and by epoch. */
async function filled(kind: Kind): Promise<ArtifactStore> {
  const store = await open(kind, 200_000);
  await store.write(meta({ name: 'large', treeDigest: 'tree' }), randomBytes(150_000));
  await store.write(meta({ name: 'empty', state: 'planning' }), Buffer.from(''));
  await store.write(meta({ name: 'cut', attempt: 2 }), randomBytes(500_000));
  await store.write(meta({ name: 'again', epoch: 2, attempt: 1 }), Buffer.from('ok'));
  await store.supersede('wf_1', { state: 'testing', epoch: 1, attempt: 2, accepted: [] });
  await store.supersede('wf_1', { state: 'testing', epoch: 2, attempt: 1, accepted: ['planning'] });
  return store;
}

async function fileOf(store: ArtifactStore): Promise<string> {
  let text = '';
  for await (const line of exportArtifacts(store, 'wf_1')) text += line;
  return text;
}

const chunksOf = (text: string) =>
  async function* () {
    for (let at = 0; at < text.length; at += 10_000) yield Buffer.from(text.slice(at, at + 10_000));
  };

async function all(store: ArtifactStore): Promise<readonly Omit<Artifact, 'compressedSize'>[]> {
  const list = await store.list({ workflowId: 'wf_1', after: 0, limit: 100 });
  return list.map(({ compressedSize: _, ...rest }) => rest);
}

describe('the artifacts of a workflow', () => {
  it.each<[Kind, Kind]>([
    ['folder', 'sqlite'],
    ['sqlite', 'folder'],
  ])('are the same after they were moved from a %s store to a %s store', async (one, other) => {
    const from = await filled(one);
    const to = await open(other, 200_000);
    const file = await fileOf(from);
    const imported = await importArtifacts(to, chunksOf(file), 'wf_1');
    expect(imported.artifacts).toBe(4);
    expect((await all(from)).map(({ superseded }) => superseded)).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect(await all(to)).toEqual(await all(from));
    expect(await fileOf(to)).toBe(file);
    await importArtifacts(to, chunksOf(file));
    expect(await all(to)).toHaveLength(4);
  });

  it.each<[string, (file: string) => string, string]>([
    ['is cut off', (file) => file.slice(0, file.lastIndexOf('\n{')), 'the last line is cut off'],
    ['has no end', (file) => `${file.slice(0, file.lastIndexOf('\n{'))}\n`, 'no closing line'],
    [
      'has other content',
      (file) => file.replace(/"base64":"..../, '"base64":"AAAA'),
      'that of its artifact',
    ],
    ['says another name', (file) => file.replace('"again"', '"agaim"'), 'its digest is not that'],
    ['goes on', (file) => `${file}{}\n`, 'comes after the closing line'],
    ['is newer', (file) => file.replace('"version":1', '"version":2'), 'use a newer one'],
    ['is none', () => '{"kind":"header","format":"x"}\n', 'line 1: format'],
    ['is no JSON', () => 'x\n', 'line 1 is not JSON'],
    ['has a line without end', (file) => file + 'x'.repeat(200_000), 'a line has more than'],
    [
      'has more content than it says',
      (file) => file.replace(/"size":150000/, '"size":5'),
      'expected 5',
    ],
    [
      'is of another workflow inside',
      (file) =>
        file.replaceAll(/"(workflowId":"wf)_1"/g, (found, _, at) =>
          at < 200 ? found : '"workflowId":"wf_2"',
        ),
      'not that of the header',
    ],
  ])('in a file that %s are refused, and none is written', async (_, damage, message) => {
    const file = damage(await fileOf(await filled('folder')));
    const to = await open('folder');
    await expect(importArtifacts(to, chunksOf(file))).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining(message),
    });
    expect(await all(to)).toEqual([]);
  });

  it('of another workflow are refused, and those that a store would shorten', async () => {
    const file = await fileOf(await filled('folder'));
    await expect(importArtifacts(await open('folder'), chunksOf(file), 'wf_2')).rejects.toThrow(
      'those of workflow wf_1, expected wf_2',
    );
    await expect(importArtifacts(await open('folder', 1000), chunksOf(file))).rejects.toMatchObject(
      {
        code: 'limit_exceeded',
        message: expect.stringContaining('raise its maxArtifactBytes'),
      },
    );
  });
});
