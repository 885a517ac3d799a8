import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSqliteStore } from '@baton/adapters/sqlite';
import { createOrchestrator } from '@baton/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type BatonFolder, batonFolder, makeBatonFolder } from './baton-folder.ts';
import { openSealed } from './open-sealed.ts';

const BUILD = { projectId: 'p', buildId: 'b', userId: 'ada', requirements: {} };
const STOP = { role: 'q_assistant', completedState: 'discovery', nextState: 'error' };

let root: string;
let folder: BatonFolder;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'baton-sealing-'));
  folder = batonFolder(join(root, 'repository'), { BATON_HOME: join(root, 'home') });
  makeBatonFolder(folder);
});

afterEach(() => rmSync(root, { recursive: true }));

/** As a version of Baton without seals has left it: with a claim, a failure and replies. */
async function anOldDatabase(): Promise<readonly string[]> {
  const store = await createSqliteStore({ path: folder.database });
  const baton = createOrchestrator({ store });
  const { workflowId: claimed } = await baton.start({ ...BUILD, requestId: 'start' });
  await baton.claim({ workflowId: claimed, worker: 'w', roles: ['q_assistant'], leaseMs: 60_000 });
  const { workflowId: failed } = await baton.start({ ...BUILD, buildId: 'c' });
  await baton.advance({ workflowId: failed, ...STOP });
  await store.close();
  return [claimed, failed];
}

it('seals what an older version has left, and goes on with it', async () => {
  const ids = await anOldDatabase();
  const plain = await createSqliteStore({ path: folder.database });
  const before = await Promise.all(ids.map((id) => plain.load(id, 'start')));
  const stats = await plain.readStats('p');
  await plain.close();
  const opened = await Promise.all(
    // Processes at once.
    [1, 2, 3].map(() => openSealed({ folder, env: {}, create: false })),
  );
  for (const { store } of opened) {
    for (const [index, id] of ids.entries()) {
      await store.verify(id);
      expect(await store.load(id, 'start')).toEqual(before[index]);
    }
    expect(await store.readStats('p')).toEqual(stats);
    await store.close();
  }
  expect(existsSync(`${folder.database}.sealing`)).toBe(false);
});

it('takes nothing as old once there is a key', async () => {
  const { store } = await openSealed({ folder, env: {}, create: true });
  await store.close();
  const [id = ''] = await anOldDatabase();
  const again = await openSealed({ folder, env: {}, create: false });
  await expect(again.store.load(id)).rejects.toMatchObject({ code: 'data_loss' });
  await again.store.close();
});

it('takes nothing as old that has a seal', async () => {
  const { store } = await openSealed({ folder, env: {}, create: true });
  await createOrchestrator({ store }).start(BUILD);
  await store.close();
  rmSync(folder.seals, { recursive: true });
  await expect(openSealed({ folder, env: {}, create: false })).rejects.toMatchObject({
    code: 'data_loss',
    message: expect.stringContaining('the key that signs the record in '),
  });
});

it('begins no database where there was one with builds, and one where there was none', async () => {
  await expect(openSealed({ folder, env: {}, create: false })).rejects.toMatchObject({
    code: 'not_found',
  });
  const { store } = await openSealed({ folder, env: {}, create: true });
  const { workflowId } = await createOrchestrator({ store }).start(BUILD);
  await store.close();
  rmSync(folder.database);
  for (const create of [true, false]) {
    await expect(openSealed({ folder, env: {}, create })).rejects.toMatchObject({
      code: 'data_loss',
      message: expect.stringContaining(`the build ${workflowId}`),
    });
  }
});
