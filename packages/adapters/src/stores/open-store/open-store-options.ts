import { present, type Resolved } from '@baton/core/internal';
import type { Retention } from '../redis/redis-store-options.ts';
import type { Replicas } from '../redis/replicas.ts';

/** Options of `openStore`. */
export interface OpenStoreOptions {
  /**
   * How long a statement or a command may take, or wait for another process, in milliseconds.
   * Default 10,000.
   */
  readonly timeoutMs?: number | undefined;
  /**
   * Hears in a line each what the server's settings could lose, and what the retention removes.
   * Default: a process warning.
   */
  readonly warn?: ((line: string) => void) | undefined;
  /** How long complete workflows are kept; Redis only. Default: for ever. */
  readonly retention?: Retention | undefined;
  /** Replicas that must have a commit; Redis only. Default: what the URL says. */
  readonly replicas?: Replicas | undefined;
  /** Hears why hints were lost. Default: nobody; they cost latency, never work. */
  readonly onHintError?: ((error: unknown) => void) | undefined;
}

type OfRedis = 'retention' | 'replicas';
export type ResolvedOpenStoreOptions = Resolved<Omit<OpenStoreOptions, OfRedis>> &
  Pick<OpenStoreOptions, OfRedis>;

/** The one place where defaults are decided. */
export function resolveOpenStoreOptions(options: OpenStoreOptions): ResolvedOpenStoreOptions {
  return {
    timeoutMs: 10_000,
    warn: (line) => process.emitWarning(line),
    onHintError: () => {},
    ...present(options),
  };
}
