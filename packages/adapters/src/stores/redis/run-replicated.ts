import { BatonError } from '@baton/core';
import type { Resolved } from '@baton/core/internal';
import type { Cluster, Redis } from 'ioredis';
import { type Answer, argumentsOf, type Call } from './call.ts';
import { replyPrefix } from './errors.ts';
import type { Replicas } from './replicas.ts';

/*
 * 1. WAIT speaks of the connection that it is sent on. So scripts and the WAIT behind them are one
 *    pipeline: of a pipeline that was answered in part ioredis sends nothing again, so that a WAIT is
 *    never answered by a server that has taken over since.
 * 2. No answer of a script counts without its WAIT, neither a conflict nor a stored reply: it may tell
 *    of a commit that the replicas don't have. Redis waits for all that it had written by the
 *    connection's last command, whoever had it written, so reads can be waited for as well.
 */

type Settled = PromiseSettledResult<Answer>;

interface Attempt {
  readonly call: Call;
  /** Where its result goes. */
  readonly place: number;
  /** `eval` once the server has said that it does not know the script. */
  readonly command: 'evalsha' | 'eval';
}

/** How often a slot is followed: while a failover gets around, nodes may tell of the old master again. */
const MAX_MOVES = 5;

/** Runs scripts, of one slot in a cluster; an answer counts when enough replicas have what it tells. */
export async function runReplicated(
  client: Redis | Cluster,
  calls: readonly Call[],
  replicas: Resolved<Replicas>,
): Promise<readonly Settled[]> {
  const results: Settled[] = [];
  let open = calls.map((call, place): Attempt => ({ call, place, command: 'evalsha' }));
  for (let moves = 0; open.length > 0; ) {
    const settled = await attemptAll(client, open, replicas);
    const again: Attempt[] = [];
    let moved: string | undefined;
    for (const [i, attempt] of open.entries()) {
      const result = settled[i] as Settled;
      const prefix = result.status === 'rejected' ? replyPrefix(result.reason) : undefined;
      // What a promoted replica, or a server that was started again, has never seen.
      if (prefix === 'NOSCRIPT') again.push({ ...attempt, command: 'eval' });
      else if (prefix === 'MOVED' && moves < MAX_MOVES) {
        again.push(attempt);
        moved = attempt.call.keys[0];
      } else results[attempt.place] = result;
    }
    // Pipelines don't follow a slot; any other command does, and the client knows its way from then on.
    if (moved !== undefined) {
      moves++;
      await client.exists(moved).catch(() => {});
    }
    open = again;
  }
  return results;
}

/** The same for scripts of any slots. Never rejects. */
export async function runAllReplicated(
  client: Redis | Cluster,
  calls: readonly Call[],
  replicas: Resolved<Replicas>,
): Promise<readonly Settled[]> {
  const slots = Map.groupBy(calls.keys(), (i) => (client.isCluster ? hashTag(calls[i]) : ''));
  const results: Settled[] = [];
  await Promise.all(
    [...slots.values()].map(async (places) => {
      const group = places.map((place) => calls[place] as Call);
      const settled = await runReplicated(client, group, replicas).catch((reason) =>
        group.map((): Settled => ({ status: 'rejected', reason })),
      );
      for (const [i, place] of places.entries()) results[place] = settled[i] as Settled;
    }),
  );
  return results;
}

async function attemptAll(
  client: Redis | Cluster,
  attempts: readonly Attempt[],
  { acknowledge, timeoutMs }: Resolved<Replicas>,
): Promise<readonly Settled[]> {
  const pipeline = client.pipeline();
  for (const { call, command } of attempts) {
    const name = command === 'eval' ? call.script.text : call.script.sha;
    pipeline[command](name, ...argumentsOf(call));
  }
  pipeline.wait(acknowledge, timeoutMs);
  const replies = (await pipeline.exec()) ?? [];
  const [problem, reached] = replies.at(-1) ?? [];
  return attempts.map((_, i): Settled => {
    const [error, answer] = replies[i] ?? [];
    if (error) return { status: 'rejected', reason: error };
    const enough = !problem && Number(reached) >= acknowledge;
    if (enough) return { status: 'fulfilled', value: answer as Answer };
    const found = problem ? problem.message : `${reached} within ${timeoutMs} ms`;
    const text = `replicas that have what was written: expected ${acknowledge}, found ${found}; a failover may still lose it`;
    return { status: 'rejected', reason: new BatonError('unavailable', text, { cause: problem }) };
  });
}

function hashTag(call: Call | undefined): string {
  return /\{([^}]*)\}/.exec(call?.keys[0] ?? '')?.[1] ?? '';
}
