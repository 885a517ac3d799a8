export interface OpenStoreOptions {
  /**
   * How long a statement or a command may take, or wait for another process, in milliseconds.
   * Default 10,000.
   */
  readonly timeoutMs?: number;
  /** Hears in one line what the server's settings could lose. Default: a process warning. */
  readonly warn?: (line: string) => void;
  /** Hears why hints were lost. Default: nobody; they cost latency, never work. */
  readonly onHintError?: (error: unknown) => void;
}

export type ResolvedOpenStoreOptions = Required<OpenStoreOptions>;

/** The one place where defaults are decided. */
export function resolveOpenStoreOptions(options: OpenStoreOptions): ResolvedOpenStoreOptions {
  return {
    timeoutMs: 10_000,
    warn: (line) => process.emitWarning(line),
    onHintError: () => {},
    ...options,
  };
}
