import { BatonError } from '@baton/core';
import type { Cluster, Redis } from 'ioredis';
import { replyPrefix, unreadable } from './errors.ts';
import type { ResolvedRedisOptions } from './redis-store-options.ts';
import type { Script } from './scripts.ts';

/** A script with what it works on. */
export interface Call {
  readonly script: Script;
  readonly keys: readonly string[];
  readonly args: readonly string[];
}

/** A connection to one server or to a cluster. */
export interface Connection {
  readonly client: Redis | Cluster;
  /**
   * Runs a script; its answer begins with a word that says what it is.
   *
   * @throws BatonError `data_loss` when the script found a record that it cannot read.
   */
  run(call: Call): Promise<readonly string[]>;
  close(): Promise<void>;
}

export async function openConnection(options: ResolvedRedisOptions): Promise<Connection> {
  const { connection } = options;
  const owned = typeof connection === 'string';
  const client = owned ? await connect(connection, options.commandTimeoutMs) : connection;
  return {
    client,
    async run(call) {
      const answer = await evaluate(client, call);
      const [kind, key, problem] = answer;
      if (kind === 'unreadable') throw unreadable(String(key), String(problem));
      return answer;
    },
    async close() {
      if (owned) client.disconnect();
    },
  };
}

async function evaluate(client: Redis | Cluster, { script, keys, args }: Call): Promise<string[]> {
  const rest = [keys.length, ...keys, ...args] as const;
  try {
    return (await client.evalsha(script.sha, ...rest)) as string[];
  } catch (reason) {
    // A server that has not seen the script, or has forgotten it in a restart or a failover.
    if (replyPrefix(reason) !== 'NOSCRIPT') throw reason;
    return (await client.eval(script.text, ...rest)) as string[];
  }
}

async function connect(url: string, commandTimeout: number): Promise<Redis> {
  if (!/^rediss?:\/\//.test(url)) {
    throw new BatonError('invalid_input', `the Redis URL must begin with redis:// or rediss://`);
  }
  const driver = await loadDriver();
  const client = new driver.Redis(url, {
    commandTimeout,
    maxRetriesPerRequest: 3,
    // A master that was demoted: the address leads to the new one by now.
    reconnectOnError: (error) => (error.message.startsWith('READONLY') ? 2 : false),
  });
  // Every command that fails says so itself; without a listener ioredis prints each attempt.
  client.on('error', () => {});
  return client;
}

async function loadDriver(): Promise<Pick<typeof import('ioredis'), 'Redis'>> {
  try {
    return await import('ioredis');
  } catch (cause) {
    const message = 'the Redis store needs the package ioredis: npm install ioredis';
    throw new BatonError('invalid_input', message, { cause });
  }
}
