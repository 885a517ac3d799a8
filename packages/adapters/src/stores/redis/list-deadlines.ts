import { timesOutAt } from '@baton/core';
import type { Connection } from './connection.ts';
import { type Keys, NUL, placeOf, timeText } from './keys.ts';
import { readWorkflow } from './read.ts';
import { SCRIPTS } from './scripts.ts';

const PAGE = 100;
/** The lists of workflows that have work to do: see `keys.ts`. */
const WAITING = ['w', 'h'];
/** Field of the meta key that says whether deadlines are listed. */
export const DEADLINES_LISTED = 'deadlines';

/**
 * Lists the deadlines of workflows from older versions of Baton, once for each database. Commits list the
 * deadlines of newer ones. After an interruption it starts again.
 */
export async function listDeadlines(connection: Connection, keys: Keys): Promise<void> {
  const { client } = connection;
  if ((await client.hget(keys.meta, DEADLINES_LISTED)) !== null) return;
  for (let shard = 0; shard < keys.shards; shard++) {
    for (const list of WAITING) {
      let from = `[${list}${NUL}`;
      for (let more = true; more; ) {
        const until = `(${list}\u0001`;
        const found = await client.zrangebylex(keys.index(shard), from, until, 'LIMIT', 0, PAGE);
        await Promise.all(found.map((member) => listOne(connection, keys, placeOf(member).id)));
        from = `(${found.at(-1)}`;
        more = found.length === PAGE;
      }
    }
  }
  await client.hset(keys.meta, DEADLINES_LISTED, 'listed');
}

async function listOne(connection: Connection, keys: Keys, id: string): Promise<void> {
  const found = await readWorkflow(connection, keys, id).catch(() => undefined);
  if (found === undefined) return;
  const { snapshot } = found;
  await connection.run({
    script: SCRIPTS.listDeadline,
    keys: [keys.workflow(id), keys.indexOf(id)],
    args: [id, String(snapshot.revision), timeText(timesOutAt(snapshot))],
  });
}
