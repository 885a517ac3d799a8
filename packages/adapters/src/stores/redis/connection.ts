import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { BatonError } from '@baton/core';
import type { Cluster, Redis } from 'ioredis';
import { isCertificateProblem } from '../certificate-problem.ts';
import { createLimiter } from '../limiter.ts';
import { connect, keepConnected, readTls } from './connect.ts';
import { openRotation } from './connection-rotation.ts';
import { isSilence, replyPrefix, toBatonError, unreadable } from './errors.ts';
import type { ResolvedRedisOptions } from './redis-store-options.ts';
import { readRedisUrl } from './redis-url.ts';
import {
  type Answer,
  argumentsOf,
  type Call,
  runAllReplicated,
  runReplicated,
} from './run-replicated.ts';

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

/** Why a client is not connected; its commands only say that it is not. */
interface ConnectProblems {
  /** Adds the reason to the error, if there is one. */
  explain(error: BatonError): Promise<BatonError>;
}

/** Milliseconds for a handshake that finds out the reason. */
const HANDSHAKE_TIMEOUT_MS = 1000;

/** @param url of the client. */
function followProblems(client: Redis | Cluster, url: string): ConnectProblems {
  let last: unknown;
  const tell = (reason: unknown): void => {
    last = (reason as { lastNodeError?: unknown }).lastNodeError ?? reason;
  };
  client.on('error', tell);
  client.on('node error', tell);
  client.on('ready', () => {
    last = undefined;
  });
  return {
    async explain(error) {
      if (error.code !== 'unavailable' || last === undefined) return error;
      const problem = isCertificateProblem(last) ? last : ((await handshakeProblem(url)) ?? last);
      const text = problem instanceof Error ? problem.message : String(problem);
      return new BatonError('unavailable', `${error.message}; it could not connect: ${text}`, {
        cause: error,
        retryable: error.retryable && !isCertificateProblem(problem),
      });
    },
  };
}

/**
 * Finds out why a certificate, ours or the server's, is refused. ioredis does not report it for sentinels and
 * cluster nodes. It often misses a server's refusal of ours, because it writes to a connection that the
 * server is closing. So this handshake sends nothing and waits.
 */
async function handshakeProblem(url: string): Promise<unknown> {
  const where = readRedisUrl(url);
  const [first] = where.hosts;
  if (!where.isTls || first === undefined) return undefined;
  const socket = connectTls({ ...first, ...readTls(where) });
  try {
    const silent = AbortSignal.timeout(HANDSHAKE_TIMEOUT_MS);
    // Rejects with the socket's error.
    await once(socket, 'close', { signal: silent });
    return undefined;
  } catch (reason) {
    return isCertificateProblem(reason) ? reason : undefined;
  } finally {
    socket.on('error', () => {});
    socket.destroy();
  }
}
