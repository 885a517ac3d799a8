import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSealedStore, type SealKey, type SealMemory } from '@baton/adapters/sealed';
import { createSqliteStore } from '@baton/adapters/sqlite';
import {
  BatonError,
  type WorkflowRecord,
  type WorkflowSnapshot,
  type WorkflowStore,
} from '@baton/core';
import { countersOf, statsShare } from '@baton/core/internal';
import { createRunLock } from '../run/run-lock.ts';

const PAGE = 1000;
const WORKFLOWS = 25;
const LOCK_POLL_MS = 50;

export interface Unsealed {
  readonly database: string;
  readonly seals: string;
  readonly opened: SealKey;
  readonly memory: SealMemory;
}

/**
 * Seals the workflows of a database from a version without seals. A sealed copy replaces the database.
 * Other processes wait until that is done.
 *
 * @throws BatonError `data_loss` when there are seals already, because then another program removed their key.
 */
export async function sealAll(unsealed: Unsealed): Promise<void> {
  const { database, seals, opened } = unsealed;
  if (!existsSync(database)) return;
  mkdirSync(seals, { recursive: true, mode: 0o700 });
  const lock = createRunLock(join(seals, 'sealing.lock'));
  while (!lock.tryAcquire()) await sleep(LOCK_POLL_MS);
  try {
    // Who waited for the lock may find it done.
    if (!existsSync(join(seals, 'key-id'))) await replaceBySealed(unsealed);
    opened.settle();
  } finally {
    lock.release();
  }
}

async function replaceBySealed({ database, opened, memory }: Unsealed): Promise<void> {
  const unfinished = `${database}.sealing`;
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${unfinished}${suffix}`, { force: true });
  const from = await createSqliteStore({ path: database });
  const to = await createSqliteStore({ path: unfinished });
  const sealed = createSealedStore(to, { key: opened.key, memory });
  let found = 0;
  try {
    for await (const snapshot of allWorkflows(from)) {
      if (snapshot.seal !== undefined) throw keyGone(database);
      await sealed.restore(await recordOf(from, snapshot));
      found++;
    }
  } finally {
    await from.close();
    await to.close();
  }
  if (found > 0) {
    for (const suffix of ['-wal', '-shm']) rmSync(`${database}${suffix}`, { force: true });
    renameSync(unfinished, database);
  } else rmSync(unfinished);
}

async function* allWorkflows(store: WorkflowStore): AsyncGenerator<WorkflowSnapshot> {
  let after: { createdAt: number; id: string } | undefined;
  for (;;) {
    const page = await store.listWorkflows({ limit: WORKFLOWS, ...(after && { after }) });
    yield* page;
    const last = page.at(-1);
    if (page.length < WORKFLOWS || last === undefined) return;
    after = { createdAt: last.createdAt, id: last.id };
  }
}

async function recordOf(store: WorkflowStore, snapshot: WorkflowSnapshot): Promise<WorkflowRecord> {
  const { id: workflowId } = snapshot;
  const events = await all(
    (after) => store.readEvents({ workflowId, after, limit: PAGE }),
    ({ sequence }) => sequence,
    0,
  );
  const handoffs = await all(
    (after) => store.readHandoffs({ workflowId, after, limit: PAGE }),
    ({ number }) => number,
    0,
  );
  const replies = await all(
    (after) => store.readReplies({ workflowId, after, limit: PAGE }),
    ({ requestId }) => requestId,
    '',
  );
  const [stats, usage] = [statsShare(snapshot, events), countersOf(events)];
  return { snapshot, events, handoffs, replies, stats, usage };
}

async function all<R, P>(
  read: (after: P) => Promise<readonly R[]>,
  placeOf: (record: R) => P,
  begin: P,
): Promise<readonly R[]> {
  const found: R[] = [];
  for (let after = begin; ; ) {
    const page = await read(after);
    found.push(...page);
    const last = page.at(-1);
    if (page.length < PAGE || last === undefined) return found;
    after = placeOf(last);
  }
}

function keyGone(database: string): BatonError {
  return new BatonError(
    'data_loss',
    `the key that signs the record in ${database} is gone: another program has removed it, or BATON_SEAL_KEY or BATON_SEALS was set when its builds were begun and is not now`,
  );
}
