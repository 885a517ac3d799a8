import type { Cluster, Redis } from 'ioredis';
import { connect } from './connect.ts';
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
