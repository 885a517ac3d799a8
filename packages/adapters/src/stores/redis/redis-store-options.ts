import { BatonError, type Handoff, type WorkflowEvent, type WorkflowSnapshot } from '@baton/core';
import type { Resolved } from '@baton/core/internal';
import { MAX_TIMER_MS, present } from '@baton/core/internal';
import type { Cluster, Redis } from 'ioredis';
import { checkNumber } from '../check-number.ts';
import { readRedisUrl, replicasOf } from './redis-url.ts';
import type { Replicas } from './replicas.ts';

/** Everything that is kept of one workflow. */
export interface ArchivedWorkflow {
  readonly snapshot: WorkflowSnapshot;
  readonly handoffs: readonly Handoff[];
  readonly events: readonly WorkflowEvent[];
}

/** How long complete workflows are kept. Counters keep counting what was removed. */
export interface Retention {
  /** Milliseconds from completion until a workflow is removed. */
  readonly keepMs: number;
  /** Milliseconds between two looks. Default 60,000. */
  readonly everyMs?: number | undefined;
  /**
   * Keeps a workflow elsewhere; it is removed only after this has resolved. May be called twice for
   * a workflow, by two processes or after a failure.
   */
  readonly archive?: ((workflow: ArchivedWorkflow) => Promise<void>) | undefined;
}

/** Options of `createRedisStore`. */
export interface RedisStoreOptions {
  /**
   * A URL (`redis:`, `redis+sentinel:`, `redis+cluster:`, with `rediss` over TLS: docs/reference/stores.md), or
   * an ioredis instance, which stays its owner's to close.
   */
  readonly connection: string | Redis | Cluster;
  /** What every key begins with. Default `baton`. */
  readonly prefix?: string | undefined;
  /**
   * Parts that workflows are spread over, 1 to 1024; fixed once for a database. Default: what the
   * database was made with, 64 for a new one.
   */
  readonly shards?: number | undefined;
  /** How long a command of a connection made from a URL may take, in milliseconds. Default 10,000. */
  readonly commandTimeoutMs?: number | undefined;
  /**
   * Connections that commits take turns over, so that the server syncs more of them at once. 1 to 64,
   * default 4. One is used with an injected instance, with a cluster and with `replicas`.
   */
  readonly commitConnections?: number | undefined;
  /** Default: what the URL says, else commits don't wait, and a failover may lose some. */
  readonly replicas?: Replicas | undefined;
  /** Default: complete workflows are kept for ever. */
  readonly retention?: Retention | undefined;
  /**
   * How often to look whether the server's settings were changed, in milliseconds, 1 to 2,147,483,647.
   * Default 60,000.
   */
  readonly settingsEveryMs?: number | undefined;
  /** Hears in a line each what the server's settings could lose, and what the retention removes. */
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
 * The one place where defaults are decided.
 *
 * @throws BatonError `invalid_input`.
 */
export function resolveRedisOptions(options: RedisStoreOptions): ResolvedRedisOptions {
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
    // An injected instance has a time-out of its own, or none.
    const most = typeof connection === 'string' ? commandTimeoutMs - 1 : 86_400_000;
    checkNumber('replicas.timeoutMs', timeoutMs, most);
  }
  return resolved;
}
