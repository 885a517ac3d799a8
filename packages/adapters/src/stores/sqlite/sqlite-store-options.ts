export interface SqliteStoreOptions {
  /** File of the database; missing parent folders are made. `:memory:` keeps nothing. */
  readonly path: string;
  /** How long a commit waits for another process's, in milliseconds. Default 10,000. */
  readonly busyTimeoutMs?: number;
  /** Hears of a record that cannot be read and so is not offered as work. Default: a process warning. */
  readonly warn?: (line: string) => void;
}

export type ResolvedSqliteOptions = Required<SqliteStoreOptions>;

/** The one place where defaults are decided. */
export function resolveSqliteOptions(options: SqliteStoreOptions): ResolvedSqliteOptions {
  return {
    busyTimeoutMs: 10_000,
    warn: (line) => process.emitWarning(line),
    ...options,
  };
}
