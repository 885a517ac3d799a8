import { BatonError, type Handoff, type WorkflowEvent, type WorkflowSnapshot } from '@baton/core';
import { MAX_TIMER_MS, present, type Resolved } from '@baton/core/internal';
import type { Cluster, Redis } from 'ioredis';
import { checkConnection, checkNumber } from '../check-option.ts';
import { type Replicas, readRedisUrl, replicasOf } from './redis-url.ts';

/** Everything that the store has of one workflow. */
export interface ArchivedWorkflow {
  readonly snapshot: WorkflowSnapshot;
  readonly handoffs: readonly Handoff[];
  readonly events: readonly WorkflowEvent[];
}

/** How long complete workflows are kept. Counters continue to count removed workflows. */
export interface Retention {
  /** Milliseconds from completion until a workflow is removed, 1 or more. */
  readonly keepMs: number;
  /** Milliseconds between two runs, 1 to 2,147,483,647. Default 60,000. */
  readonly everyMs?: number | undefined;
  /**
   * Copies a workflow to another place; it is removed only after this resolves. It may be called twice for a
   * workflow, by two processes or after a failure.
   */
  readonly archive?: ((workflow: ArchivedWorkflow) => Promise<void>) | undefined;
}

/** Options of `createRedisStore`. */
export interface RedisStoreOptions {
  /**
   * A URL (`redis:`, `redis+sentinel:`, `redis+cluster:`, with `rediss` over TLS: docs/reference/stores.md),
   * or an ioredis instance, which the caller closes.
   */
  readonly connection: string | Redis | Cluster;
  /** Prefix of every key, without braces. Default `baton`. */
  readonly prefix?: string | undefined;
  /**
   * Number of parts that workflows are spread over, 1 to 1024; fixed when the database is created. Default:
   * that of the database, 64 for a new one.
   */
  readonly shards?: number | undefined;
  /** Milliseconds that a command may take on a connection from a URL, 1 to 2,147,483,647. Default 10,000. */
  readonly commandTimeoutMs?: number | undefined;
  /**
   * Connections on which commits take turns, so that the server syncs more of them at once, 1 to 64. One is
   * used with an injected instance, a cluster or `replicas`. Default 4.
   */
  readonly commitConnections?: number | undefined;
  /**
   * Replicas that must have a commit. Default: from the URL; without any, commits do not wait, and a failover
   * may lose some.
   */
  readonly replicas?: Replicas | undefined;
  /** Default: complete workflows are kept for ever. */
  readonly retention?: Retention | undefined;
  /** Milliseconds between two checks of the server's settings, 1 to 2,147,483,647. Default 60,000. */
  readonly settingsEveryMs?: number | undefined;
  /**
   * Receives a line for each server setting that could lose data and for what the retention removes. Default:
   * a process warning.
   */
  readonly warn?: ((line: string) => void) | undefined;
  /** Milliseconds since the Unix epoch, for the retention. Default: the system's clock. */
  readonly now?: (() => number) | undefined;
}

export type ResolvedRedisOptions = Resolved<
  Omit<RedisStoreOptions, 'shards' | 'retention' | 'replicas'>
> &
  Pick<RedisStoreOptions, 'shards' | 'retention'> & {
    readonly replicas: Resolved<Replicas> | undefined;
  };

/**
 * Resolves the defaults; the only place that does.
 *
 * @throws BatonError `invalid_input`.
 */
export function resolveRedisOptions(options: RedisStoreOptions): ResolvedRedisOptions {
  checkConnection(options.connection, 'evalsha', 'a URL or an ioredis instance');
  const fromUrl =
    typeof options.connection === 'string'
      ? replicasOf(readRedisUrl(options.connection))
      : undefined;
  const asked = options.replicas ?? fromUrl;
  const resolved = {
    prefix: 'baton',
    commandTimeoutMs: 10_000,
    commitConnections: 4,
    settingsEveryMs: 60_000,
    warn: (line: string) => process.emitWarning(line),
    now: Date.now,
    ...present(options),
    replicas: asked && { timeoutMs: 1000, ...present(asked) },
  };
  const { prefix, shards, replicas } = resolved;
  if (prefix === '' || /[{}]/.test(prefix)) {
    throw new BatonError(
      'invalid_input',
      `prefix: found '${prefix}', expected text without braces`,
    );
  }
  if (shards !== undefined) checkNumber('shards', shards, 1024);
  if (resolved.retention !== undefined) {
    const { keepMs, everyMs = 1 } = resolved.retention;
    checkNumber('retention.keepMs', keepMs, Number.MAX_SAFE_INTEGER);
    checkNumber('retention.everyMs', everyMs, MAX_TIMER_MS);
  }
  checkNumber('commandTimeoutMs', resolved.commandTimeoutMs, MAX_TIMER_MS);
  checkNumber('commitConnections', resolved.commitConnections, 64);
  checkNumber('settingsEveryMs', resolved.settingsEveryMs, MAX_TIMER_MS);
  if (replicas !== undefined) {
    const { acknowledge, timeoutMs } = replicas;
    const { connection, commandTimeoutMs } = resolved;
    checkNumber('replicas.acknowledge', acknowledge, 100);
    // An injected instance has its own time-out, or none.
    const most = typeof connection === 'string' ? commandTimeoutMs - 1 : 86_400_000;
    checkNumber('replicas.timeoutMs', timeoutMs, most);
  }
  return resolved;
}
