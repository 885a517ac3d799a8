import {
  BatonError,
  createMemoryStore,
  type Dispatcher,
  type DocumentStore,
  type StoreWithDocuments,
  type WorkflowStore,
} from '@baton/core';
import { present, type Resolved } from '@baton/core/internal';
import type { Retention } from '../redis/redis-store-options.ts';
import type { Replicas } from '../redis/redis-url.ts';
import { describeStoreUrl, parseStoreUrl, type StoreUrl } from './store-url.ts';

/** A store with its documents and its dispatcher. */
export interface OpenedStore {
  readonly store: WorkflowStore;
  /** What a server keeps beside workflows, in the same place. */
  readonly documents: DocumentStore;
  /** Carries hints between the processes that share the store; undefined where the store cannot. */
  readonly dispatcher: Dispatcher | undefined;
  /** The URL without its password, for people. */
  readonly description: string;
  /** Closes the store and the dispatcher. */
  close(): Promise<void>;
}

interface Parts {
  readonly store: StoreWithDocuments;
  readonly dispatcher?: Dispatcher & { close(): Promise<void> };
}

/**
 * Opens the store that a URL names: `memory:`, `sqlite:<path>`, `postgres://…` (or `postgresql:`),
 * `redis://…`, `redis+sentinel://…`, `redis+cluster://…`, the last three also with `rediss`. It loads drivers
 * when they are needed. It connects to a server and checks its settings before it resolves.
 *
 * @throws BatonError `invalid_input` for another URL, for a driver that is not installed (the message names
 * its package) and for settings that would lose workflows; `unavailable`; `data_loss`.
 * @example
 * import { openStore } from '@baton/adapters/open-store';
 * const { store, dispatcher, close } = await openStore('sqlite:baton.db');
 * await close();
 */
export async function openStore(url: string, options: OpenStoreOptions = {}): Promise<OpenedStore> {
  const description = describeStoreUrl(url);
  const { store, dispatcher } = await openParts(url, options).catch((reason) => {
    throw naming(description, BatonError.from(reason));
  });
  return {
    store,
    documents: store.documents,
    dispatcher,
    description,
    async close() {
      await dispatcher?.close();
      await store.close();
    },
  };
}

async function openParts(url: string, options: OpenStoreOptions): Promise<Parts> {
  const resolved = resolveOpenStoreOptions(options);
  const { timeoutMs, warn, onHintError: onError, retention, replicas } = resolved;
  const where = parseStoreUrl(url);
  if (where.kind !== 'redis') {
    for (const [name, option] of Object.entries({ retention, replicas })) {
      if (option !== undefined) throw redisOnly(name, where.kind);
    }
  }
  switch (where.kind) {
    case 'memory':
      return { store: await createMemoryStore() };
    case 'sqlite': {
      const { createSqliteStore } = await import('../sqlite/index.ts');
      return {
        store: await createSqliteStore({ path: where.path, busyTimeoutMs: timeoutMs, warn }),
      };
    }
    case 'postgres': {
      const { createPostgresStore, createPostgresDispatcher } = await import(
        '../postgres/index.ts'
      );
      const connection = where.url;
      const store = await createPostgresStore({ connection, queryTimeoutMs: timeoutMs, warn });
      return { store, dispatcher: await createPostgresDispatcher({ connection, onError }) };
    }
    case 'redis': {
      const { createRedisStore, createRedisDispatcher } = await import('../redis/index.ts');
      const connection = where.url;
      const store = await createRedisStore({
        connection,
        commandTimeoutMs: timeoutMs,
        warn,
        retention,
        replicas,
      });
      return { store, dispatcher: await createRedisDispatcher({ connection, onError }) };
    }
  }
}

function redisOnly(option: string, kind: StoreUrl['kind']): BatonError {
  const text = `${option}: found it with a ${kind} store, expected it with a Redis store only`;
  return new BatonError('invalid_input', text);
}

/** Errors of drivers do not name the server. */
function naming(description: string, error: BatonError): BatonError {
  if (error.code !== 'unavailable') return error;
  const { message, retryable } = error;
  const text = `${description} cannot be opened: ${message}`;
  return new BatonError('unavailable', text, { retryable, cause: error });
}

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
