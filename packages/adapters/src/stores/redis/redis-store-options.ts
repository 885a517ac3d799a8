import { BatonError, type Handoff, type WorkflowEvent, type WorkflowSnapshot } from '@baton/core';
import type { Cluster, Redis } from 'ioredis';

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
  readonly everyMs?: number;
  /**
   * Keeps a workflow elsewhere; it is removed only after this has resolved. May be called twice for
   * a workflow, by two processes or after a failure.
   */
  readonly archive?: (workflow: ArchivedWorkflow) => Promise<void>;
}

export interface RedisStoreOptions {
  /**
   * A `redis:` or `rediss:` URL, or an ioredis instance, which stays its owner's to close (so come
   * Sentinel and Cluster).
   */
  readonly connection: string | Redis | Cluster;
  /** What every key begins with. Default `baton`. */
  readonly prefix?: string;
  /**
   * Parts that workflows are spread over, 1 to 1024; fixed once for a database. Default: what the
   * database was made with, 64 for a new one.
   */
  readonly shards?: number;
  /** How long a command of a connection made from a URL may take, in milliseconds. Default 10,000. */
  readonly commandTimeoutMs?: number;
  /** Default: complete workflows are kept for ever. */
  readonly retention?: Retention;
  /** Hears in one line what the server's settings could lose and what the retention removed. */
  readonly warn?: (line: string) => void;
  /** Milliseconds since the Unix epoch, for the retention. Default: the system's clock. */
  readonly now?: () => number;
}

export type ResolvedRedisOptions = Required<Omit<RedisStoreOptions, 'shards' | 'retention'>> &
  Pick<RedisStoreOptions, 'shards' | 'retention'>;

/**
 * The one place where defaults are decided.
 *
 * @throws BatonError `invalid_input`.
 */
export function resolveRedisOptions(options: RedisStoreOptions): ResolvedRedisOptions {
  const resolved = {
    prefix: 'baton',
    commandTimeoutMs: 10_000,
    warn: (line: string) => process.emitWarning(line),
    now: Date.now,
    ...options,
  };
  const { prefix, shards } = resolved;
  if (prefix === '' || /[{}]/.test(prefix)) {
    throw new BatonError(
      'invalid_input',
      `prefix: found '${prefix}', expected text without braces`,
    );
  }
  if (shards !== undefined && !(Number.isInteger(shards) && shards >= 1 && shards <= 1024)) {
    throw new BatonError('invalid_input', `shards: found ${shards}, expected 1 to 1024`);
  }
  return resolved;
}
