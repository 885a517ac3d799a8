import { present, type Resolved } from '@baton/core/internal';
import type { Retention } from '../redis/redis-store-options.ts';
import type { Replicas } from '../redis/replicas.ts';

/** Options of `openStore`. */
export interface OpenStoreOptions {
  /** Milliseconds that a statement or command may take, or wait for another process. Default 10,000. */
  readonly timeoutMs?: number | undefined;
  /**
   * Receives a line for each server setting that could lose data and for what the retention removes. Default:
   * a process warning.
   */
  readonly warn?: ((line: string) => void) | undefined;
  /** How long complete workflows are kept; Redis only. Default: for ever. */
  readonly retention?: Retention | undefined;
  /** Replicas that must have a commit; Redis only. Default: from the URL. */
  readonly replicas?: Replicas | undefined;
  /** Receives the error when hints are lost: that costs latency, never work. Default: errors are dropped. */
  readonly onHintError?: ((error: unknown) => void) | undefined;
}

type OfRedis = 'retention' | 'replicas';
export type ResolvedOpenStoreOptions = Resolved<Omit<OpenStoreOptions, OfRedis>> &
  Pick<OpenStoreOptions, OfRedis>;

/** Resolves the defaults; the only place that does. */
export function resolveOpenStoreOptions(options: OpenStoreOptions): ResolvedOpenStoreOptions {
  return {
    timeoutMs: 10_000,
    warn: (line) => process.emitWarning(line),
    onHintError: () => {},
    ...present(options),
  };
}
