import { timesOutAt } from '@baton/core';
import type { Connection } from './connection.ts';
import { type Keys, NUL, placeOf, timeText } from './keys.ts';
import { readWorkflow } from './read.ts';
import { SCRIPTS } from './scripts.ts';

/*
 * Brings the lists of a database that an older version of Baton wrote up to date. Commits keep them so. After an
 * interruption it starts again.
 */

const PAGE = 100;
/** The lists of workflows that have work to do, as older versions wrote them: see `keys.ts`. */
const WAITING = ['w', 'h'];
/** Field of the meta key that says whether deadlines are listed. */
export const DEADLINES_LISTED = 'deadlines';
/** Field of the meta key that says whether what waits for a person is listed. */
export const AWAITING_LISTED = 'awaiting';
/** When what waits for a person may be claimed: see `machine/waiting.ts` of core. */
const NOT_BEFORE_ANSWER = timeText(8_640_000_000_000_000);

export async function upgradeIndex(connection: Connection, keys: Keys): Promise<void> {
  await listDeadlines(connection, keys);
  await forEachMember(connection, keys, 'w', (member) => listReady(connection, keys, member));
  await listAllAwaiting(connection, keys);
}

async function listAllAwaiting(connection: Connection, keys: Keys): Promise<void> {
  const { client } = connection;
  if ((await client.hget(keys.meta, AWAITING_LISTED)) !== null) return;
  await forEachMember(connection, keys, 'q', async (member) => {
    const { id, time } = placeOf(member);
    if (time === NOT_BEFORE_ANSWER) await listAwaiting(connection, keys, id);
  });
  await client.hset(keys.meta, AWAITING_LISTED, 'listed');
}

async function listDeadlines(connection: Connection, keys: Keys): Promise<void> {
  const { client } = connection;
  if ((await client.hget(keys.meta, DEADLINES_LISTED)) !== null) return;
  for (const list of WAITING) {
    await forEachMember(connection, keys, list, (member) =>
      listDeadline(connection, keys, placeOf(member).id),
    );
  }
  await client.hset(keys.meta, DEADLINES_LISTED, 'listed');
}

async function forEachMember(
  { client }: Connection,
  keys: Keys,
  list: string,
  visit: (member: string) => Promise<void>,
): Promise<void> {
  for (let shard = 0; shard < keys.shards; shard++) {
    let from = `[${list}${NUL}`;
    for (let more = true; more; ) {
      const until = `(${list}\u0001`;
      const found = await client.zrangebylex(keys.index(shard), from, until, 'LIMIT', 0, PAGE);
      await Promise.all(found.map(visit));
      from = `(${found.at(-1)}`;
      more = found.length === PAGE;
    }
  }
}

async function listDeadline(connection: Connection, keys: Keys, id: string): Promise<void> {
  const found = await readWorkflow(connection, keys, id).catch(() => undefined);
  if (found === undefined) return;
  const { snapshot } = found;
  await connection.run({
    script: SCRIPTS.listDeadline,
    keys: [keys.workflow(id), keys.indexOf(id)],
    args: [id, String(snapshot.revision), timeText(timesOutAt(snapshot))],
  });
}

async function listAwaiting(connection: Connection, keys: Keys, id: string): Promise<void> {
  const found = await readWorkflow(connection, keys, id).catch(() => undefined);
  if (found === undefined) return;
  const { projectId, createdAt, revision, awaiting } = found.snapshot;
  await connection.run({
    script: SCRIPTS.listAwaiting,
    keys: [keys.workflow(id), keys.indexOf(id)],
    args: [id, projectId, timeText(createdAt), String(revision), awaiting?.kind ?? ''],
  });
}

/** Lists a workflow by its project. One that cannot be read stays where it is. */
async function listReady(connection: Connection, keys: Keys, member: string): Promise<void> {
  const { id } = placeOf(member);
  const found = await readWorkflow(connection, keys, id).catch(() => undefined);
  if (found === undefined) return;
  await connection.run({
    script: SCRIPTS.listReady,
    keys: [keys.workflow(id), keys.indexOf(id)],
    args: [id, found.snapshot.projectId, member],
  });
}
