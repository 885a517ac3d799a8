import { BatonError } from '@baton/core';
import type { Resolved } from '@baton/core/internal';
import type { Cluster, Redis } from 'ioredis';
import { replyPrefix } from './errors.ts';
import type { Replicas } from './redis-url.ts';
import type { Script } from './scripts.ts';

/*
 * Invariants
 * 1. WAIT covers the connection that it is sent on. So scripts and their WAIT form one pipeline. ioredis does
 *    not resend a partly answered pipeline, so a server that has taken over never answers the WAIT.
 * 2. No answer of a script counts without its WAIT, not even a conflict or a stored reply: it may reveal a
 *    commit that the replicas do not have. Redis waits for everything written up to the connection's last
 *    command, whichever client wrote it, so reads can wait as well.
 */

type Settled = PromiseSettledResult<Answer>;

interface Attempt {
  readonly call: Call;
  /** Index of its result. */
  readonly place: number;
  /** `eval` once the server has said that it does not know the script. */
  readonly command: 'evalsha' | 'eval';
}

/** How often to follow a moved slot: during a failover, nodes may still name the old master. */
const MAX_MOVES = 5;

/**
 * Runs scripts, in a cluster those of one slot. An answer counts when enough replicas have what it reveals.
 */
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
      // The server does not know the script: it was promoted or restarted.
      if (prefix === 'NOSCRIPT') again.push({ ...attempt, command: 'eval' });
      else if (prefix === 'MOVED' && moves < MAX_MOVES) {
        again.push(attempt);
        moved = attempt.call.keys[0];
      } else results[attempt.place] = result;
    }
    // Pipelines do not follow a moved slot. Other commands do, and they update the client's map.
    if (moved !== undefined) {
      moves++;
      await client.exists(moved).catch(() => {});
    }
    open = again;
  }
  return results;
}

/** Like {@link runReplicated}, for scripts of any slots. Never rejects. */
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

/** A script with its keys and arguments. */
export interface Call {
  readonly script: Script;
  readonly keys: readonly string[];
  readonly args: readonly string[];
}

/** The answer of a script; its first word is the kind. */
export type Answer = readonly string[];

/** Packs the arguments into one: a whole workflow has more than a call may have. */
export function argumentsOf({ keys, args }: Call): [count: number, rest: string[]] {
  return [keys.length, [...keys, ...args]];
}
