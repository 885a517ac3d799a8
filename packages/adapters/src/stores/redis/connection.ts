import { setTimeout as sleep } from 'node:timers/promises';
import type { BatonError } from '@baton/core';
import type { Cluster, Redis } from 'ioredis';
import { createLimiter } from '../limiter.ts';
import { type Answer, argumentsOf, type Call } from './call.ts';
import { connect } from './connect.ts';
import { type ConnectProblems, followProblems } from './connect-problems.ts';
import { openRotation } from './connection-rotation.ts';
import { isSilence, replyPrefix, toBatonError, unreadable } from './errors.ts';
import { keepConnected } from './keep-connected.ts';
import type { ResolvedRedisOptions } from './redis-store-options.ts';
import { runAllReplicated, runReplicated } from './run-replicated.ts';

/** A connection to one server or to a cluster. */
export interface Connection {
  readonly client: Redis | Cluster;
  /**
   * Runs a script.
   *
   * @throws BatonError `data_loss` when the script found an unreadable record.
   */
  run(call: Call): Promise<Answer>;
  /** Runs scripts independently and returns the results in order. Never rejects. */
  runAll(calls: readonly Call[]): Promise<readonly PromiseSettledResult<Answer>[]>;
  /** Adds to an error why the client could not connect, if that is the cause. */
  explain(error: BatonError): Promise<BatonError>;
  close(): Promise<void>;
}

/** Concurrent calls: enough to keep the server busy, and few enough to finish in a moment. */
const MOST_UNDER_WAY = 1000;

/** A command time-out of minutes must not delay the report that no server answers. */
const MOST_CONNECT_MS = 10_000;

export async function openConnection(options: ResolvedRedisOptions): Promise<Connection> {
  const { connection, replicas } = options;
  const owned = typeof connection === 'string';
  const client = owned ? await connect(connection, options.commandTimeoutMs) : connection;
  // The owner of an injected instance handles its errors.
  const problems = owned ? followProblems(client, connection) : undefined;
  if (problems !== undefined && client.status === 'wait') {
    const timeoutMs = Math.min(options.commandTimeoutMs, MOST_CONNECT_MS);
    await connectFirst(client, timeoutMs, problems);
  }
  const rotates = owned && !client.isCluster && replicas === undefined;
  const rotation = openRotation(client, rotates ? options.commitConnections : 1);
  const ends = owned ? rotation.clients.map(keepConnected) : [];
  const limited = createLimiter(MOST_UNDER_WAY, isSilence);
  const run = async (call: Call): Promise<Answer> => {
    if (replicas === undefined || call.script.isHint) {
      return limited(() => evaluate(client, call));
    }
    const [settled] = await runReplicated(client, [call], replicas);
    return unsettled(settled);
  };
  return {
    client,
    run,
    runAll(calls) {
      if (replicas !== undefined) return runAllReplicated(client, calls, replicas).then(checkedAll);
      return Promise.allSettled(
        calls.map((call) => limited(() => evaluate(rotation.next(), call))),
      );
    },
    explain: async (error) => problems?.explain(error) ?? error,
    async close() {
      for (const end of ends) end();
    },
  };
}

/**
 * Connects, or says in time why it cannot.
 *
 * @throws BatonError.
 */
async function connectFirst(
  client: Redis | Cluster,
  timeoutMs: number,
  problems: ConnectProblems,
): Promise<void> {
  const silence = new AbortController();
  try {
    const connected = client.connect();
    const late = sleep(timeoutMs, undefined, { signal: silence.signal }).then(() => {
      const what = client.isCluster
        ? 'no node reported its slots'
        : 'no sentinel named a reachable master';
      throw new Error(`${what} within ${timeoutMs} ms`);
    });
    await Promise.race([connected, late]);
  } catch (reason) {
    client.disconnect();
    throw await problems.explain(toBatonError(reason, 'the Redis store'));
  } finally {
    silence.abort();
  }
}

async function evaluate(client: Redis | Cluster, call: Call): Promise<Answer> {
  const args = argumentsOf(call);
  try {
    return checked((await client.evalsha(call.script.sha, ...args)) as Answer);
  } catch (reason) {
    // The server does not know the script: it is new, was restarted, or took over in a failover.
    if (replyPrefix(reason) !== 'NOSCRIPT') throw reason;
    return checked((await client.eval(call.script.text, ...args)) as Answer);
  }
}

function checkedAll(
  settled: readonly PromiseSettledResult<Answer>[],
): Promise<readonly PromiseSettledResult<Answer>[]> {
  return Promise.allSettled(settled.map(async (one) => unsettled(one)));
}

function unsettled(settled: PromiseSettledResult<Answer> | undefined): Answer {
  if (settled?.status !== 'fulfilled') throw settled?.reason;
  return checked(settled.value);
}

function checked(answer: Answer): Answer {
  const [kind, key, problem] = answer;
  if (kind === 'unreadable') throw unreadable(String(key), String(problem));
  return answer;
}
