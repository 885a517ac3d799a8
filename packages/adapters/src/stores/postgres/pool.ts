/**
 * What Baton needs of `pg`. A `Pool` of pg 8 fits as it is; types are kept apart from it so that
 * nobody needs the driver's types who doesn't use it.
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
  /** The server's process, as it was told when the connection was made. */
  readonly processID?: unknown;
  query(query: PostgresQuery): Promise<PostgresRows>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'notification', listener: (message: PostgresNotification) => void): unknown;
  removeAllListeners(event: 'notification'): unknown;
  /** Gives the connection back; with an error, closes it. */
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
  /** Named statements are prepared once a connection. */
  readonly name?: string;
  readonly values?: unknown[];
  readonly types?: { getTypeParser(oid: number): (text: string) => unknown };
  /** Milliseconds after which the driver gives the query up and closes the connection. */
  readonly query_timeout?: number;
}

/** What a statement returned. */
export interface PostgresRows {
  readonly rows: Record<string, unknown>[];
}
