/**
 * The part of `pg` that Baton uses. A `Pool` of pg 8 fits. The types are declared here so that users of other
 * stores do not need the driver's types.
 */
export interface PostgresPool {
  readonly options?: { readonly max?: number | undefined };
  query(query: PostgresQuery): Promise<PostgresRows>;
  connect(): Promise<PostgresClient>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  off(event: 'error', listener: (error: Error) => void): unknown;
  end(): Promise<void>;
}

/** One connection of a {@link PostgresPool}. */
export interface PostgresClient {
  /** The process id of the server, from when the connection was made. */
  readonly processID?: unknown;
  query(query: PostgresQuery): Promise<PostgresRows>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'notification', listener: (message: PostgresNotification) => void): unknown;
  removeAllListeners(event: 'notification'): unknown;
  /** Returns the connection to the pool; with an error, closes it. */
  release(error?: Error | boolean): void;
}

/** A message from NOTIFY. */
export interface PostgresNotification {
  readonly channel: string;
  readonly payload?: string | undefined;
}

/** A statement with its parameters, as `pg` takes it. */
export interface PostgresQuery {
  readonly text: string;
  /** A named statement is prepared once on each connection. */
  readonly name?: string;
  readonly values?: unknown[];
  readonly types?: { getTypeParser(oid: number): (text: string) => unknown };
  /** Milliseconds after which the driver gives up the query and closes the connection. */
  readonly query_timeout?: number;
}

/** What a statement returned. */
export interface PostgresRows {
  readonly rows: Record<string, unknown>[];
}
