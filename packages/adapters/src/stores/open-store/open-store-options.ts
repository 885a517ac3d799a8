import type { Retention } from '../redis/redis-store-options.ts';
import type { Replicas } from '../redis/replicas.ts';

export interface OpenStoreOptions {
  /**
   * How long a statement or a command may take, or wait for another process, in milliseconds.
   * Default 10,000.
   */
  readonly timeoutMs?: number;
  /**
   * Hears in a line each what the server's settings could lose, and what the retention removes.
   * Default: a process warning.
   */
  readonly warn?: (line: string) => void;
  /** How long complete workflows are kept; Redis only. Default: for ever. */
  readonly retention?: Retention;
  /** Replicas that must have a commit; Redis only. Default: what the URL says. */
  readonly replicas?: Replicas;
  /** Hears why hints were lost. Default: nobody; they cost latency, never work. */
  readonly onHintError?: (error: unknown) => void;
}

type OfRedis = 'retention' | 'replicas';
export type ResolvedOpenStoreOptions = Required<Omit<OpenStoreOptions, OfRedis>> &
  Pick<OpenStoreOptions, OfRedis>;

/** The one place where defaults are decided. */
export function resolveOpenStoreOptions(options: OpenStoreOptions): ResolvedOpenStoreOptions {
  return {
    timeoutMs: 10_000,
    warn: (line) => process.emitWarning(line),
    onHintError: () => {},
    ...options,
  };
}
