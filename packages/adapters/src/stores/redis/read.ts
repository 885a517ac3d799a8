import {
  type Handoff,
  type LoadedWorkflow,
  NO_STATS,
  type NumberedQuery,
  type ReplyQuery,
  type StatsCounters,
  type StoredReply,
  type WorkflowEvent,
} from '@baton/core';
import type { Connection } from './connection.ts';
import { replyPrefix, unreadable } from './errors.ts';
import { compareBytes, type Keys } from './keys.ts';
import { replyField, toEvent, toHandoff, toReply } from './numbered-records.ts';
import { SCRIPTS } from './scripts.ts';
import { toSnapshot } from './workflow-record.ts';

/** The queries about one workflow or one project, one round trip each. */

export async function readWorkflow(
  connection: Connection,
  keys: Keys,
  workflowId: string,
  requestId?: string,
): Promise<LoadedWorkflow | undefined> {
  const key = keys.workflow(workflowId);
  const args = [requestId === undefined ? '' : replyField(requestId)];
  const answer = await connection.run({ script: SCRIPTS.load, keys: [key], args });
  const [kind, reply = '', ...found] = answer;
  if (kind === 'none') return undefined;
  return { snapshot: toSnapshot(key, found), reply: toReply(reply, key, requestId ?? '') };
}

export function readHandoffs(
  connection: Connection,
  keys: Keys,
  query: NumberedQuery,
): Promise<readonly Handoff[]> {
  return readPage(connection, keys, query, 'h', toHandoff);
}

export function readEvents(
  connection: Connection,
  keys: Keys,
  query: NumberedQuery,
): Promise<readonly WorkflowEvent[]> {
  return readPage(connection, keys, query, 'e', toEvent);
}

async function readPage<T>(
  connection: Connection,
  keys: Keys,
  { workflowId, after, limit }: NumberedQuery,
  list: 'e' | 'h',
  toRecord: (text: string, key: string, workflowId: string, number: number) => T,
): Promise<readonly T[]> {
  const key = keys.workflow(workflowId);
  const args = [list, String(after), String(limit)];
  const [, ...texts] = await connection.run({ script: SCRIPTS.readPage, keys: [key], args });
  return texts.map((text, i) => toRecord(text, key, workflowId, after + i + 1));
}

/**
 * Takes two round trips: the ids, then the page. A hash has no order, so each page reads the names of all
 * fields; whole workflows are seldom read.
 */
export async function readReplies(
  connection: Connection,
  keys: Keys,
  { workflowId, after, limit }: ReplyQuery,
): Promise<readonly StoredReply[]> {
  const key = keys.workflow(workflowId);
  const [, ...ids] = await connection.run({ script: SCRIPTS.listReplies, keys: [key], args: [] });
  const page = ids
    .filter((id) => compareBytes(id, after) > 0)
    .sort(compareBytes)
    .slice(0, limit);
  if (page.length === 0) return [];
  const texts = await connection.client.hmget(key, ...page.map(replyField));
  return page.flatMap((id, i) => toReply(texts[i] ?? '', key, id) ?? []);
}

/** Milliseconds since the Unix epoch; in a cluster, by the clock of one master for all clients. */
export async function readNow(connection: Connection, keys: Keys): Promise<number> {
  const call = { script: SCRIPTS.now, keys: [keys.meta], args: [] };
  const [, seconds, microseconds] = await connection.run(call);
  return Number(seconds) * 1000 + Number(microseconds) / 1000;
}

/** The field of {@link nowText} that has the number of the last event. */
const SEQUENCE = 6;

export async function readSequences(
  connection: Connection,
  keys: Keys,
  workflowIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  // Written together, they travel together.
  const texts = await Promise.all(
    workflowIds.map((id) =>
      connection.client.hget(keys.workflow(id), 'now').catch((reason: unknown) => {
        if (replyPrefix(reason) === 'WRONGTYPE') return null;
        throw reason;
      }),
    ),
  );
  const found = workflowIds.flatMap((id, i): [string, number][] => {
    const sequence = Number(texts[i]?.split('|')[SEQUENCE]);
    return Number.isSafeInteger(sequence) ? [[id, sequence]] : [];
  });
  return new Map(found);
}

const FAILURES = 'failures:';

export async function readStats(
  connection: Connection,
  keys: Keys,
  projectId: string,
): Promise<StatsCounters> {
  const shards = Array.from({ length: keys.shards }, (_, shard) => keys.stats(shard, projectId));
  const found = await Promise.all(
    shards.map((key) =>
      connection.client.hgetall(key).catch((reason: unknown) => {
        throw replyPrefix(reason) === 'WRONGTYPE'
          ? unreadable(key, (reason as Error).message, reason)
          : reason;
      }),
    ),
  );
  const failurePoints: Record<string, number> = {};
  const sums: Record<string, number> = {};
  for (const [i, counters] of found.entries()) {
    for (const [name, text] of Object.entries(counters)) {
      const count = Number(text);
      if (!Number.isSafeInteger(count)) {
        throw unreadable(shards[i] ?? '', `${name} is no whole number`);
      }
      const [into, key] = name.startsWith(FAILURES)
        ? [failurePoints, name.slice(FAILURES.length)]
        : [sums, name];
      into[key] = (into[key] ?? 0) + count;
    }
  }
  return { ...NO_STATS, ...sums, failurePoints };
}
