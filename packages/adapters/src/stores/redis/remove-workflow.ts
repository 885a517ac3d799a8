import type { NumberedQuery } from '@baton/core';
import type { Connection } from './connection.ts';
import { parseReservation, replaceReservation, shortened } from './create-workflow.ts';
import { type Keys, timeText } from './keys.ts';
import { readEvents, readHandoffs, readWorkflow } from './read.ts';
import type { Retention } from './redis-store-options.ts';
import { SCRIPTS } from './scripts.ts';

/*
 * The order keeps invariant 4 of `create-workflow.ts`: shorten the reservation, then remove the workflow and
 * set its mark in one script, then release the build id. What a dying process leaves in between, the next
 * start of the build completes.
 */

const DAY_MS = 86_400_000;

/** Records to read at once for the archive. */
const PAGE = 1000;

/**
 * Archives and removes a complete workflow. Returns false when it is not complete or has changed meanwhile.
 */
export async function removeWorkflow(
  connection: Connection,
  keys: Keys,
  workflowId: string,
  { keepMs, archive }: Retention,
): Promise<boolean> {
  const snapshot = (await readWorkflow(connection, keys, workflowId))?.snapshot;
  if (snapshot?.completedAt === undefined) return false;
  if (archive !== undefined) {
    const [handoffs, events] = await Promise.all([
      readToEnd(workflowId, (query) => readHandoffs(connection, keys, query)),
      readToEnd(workflowId, (query) => readEvents(connection, keys, query)),
    ]);
    await archive({ snapshot, handoffs, events });
  }

  const build = keys.build(snapshot.projectId, snapshot.buildId);
  const held = await connection.client.get(build);
  const isHolder = held !== null && parseReservation(build, held).workflowId === workflowId;
  const short = isHolder ? shortened(build, held) : '';
  if (isHolder && held !== short) await replaceReservation(connection, build, held, short);

  const { projectId, createdAt, revision } = snapshot;
  const markMs = Math.max(keepMs, DAY_MS);
  const [kind] = await connection.run({
    script: SCRIPTS.remove,
    keys: [keys.workflow(workflowId), keys.indexOf(workflowId), keys.removed(workflowId)],
    args: [workflowId, projectId, timeText(createdAt), String(revision), String(markMs)],
  });
  if (kind !== 'removed') return false;
  if (isHolder) await replaceReservation(connection, build, short, '');
  return true;
}

async function readToEnd<T>(
  workflowId: string,
  read: (query: NumberedQuery) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const found: T[] = [];
  for (;;) {
    const page = await read({ workflowId, after: found.length, limit: PAGE });
    found.push(...page);
    if (page.length < PAGE) return found;
  }
}
