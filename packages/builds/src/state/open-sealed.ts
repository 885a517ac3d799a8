import { existsSync, statSync } from 'node:fs';
import {
  createFileSealMemory,
  createSealedStore,
  openSealKey,
  type SealedStore,
} from '@baton/adapters/sealed';
import { createSqliteStore } from '@baton/adapters/sqlite';
import { BatonError } from '@baton/core';
import { type BatonFolder, makeBatonFolder } from './baton-folder.ts';
import { sealAll } from './seal-all.ts';

export interface SealedOptions {
  readonly folder: BatonFolder;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether to create a missing state database. If false, a missing one is an error. */
  readonly create: boolean;
  /** How long a commit waits for a commit of another process, in milliseconds. Default: the store's. */
  readonly busyTimeoutMs?: number;
}

/** A state database, and the key of its seals. */
export interface SealedDatabase {
  readonly store: SealedStore;
  readonly key: Uint8Array;
}

/**
 * Opens the state database of a workspace. The store detects what other programs write there. The first
 * call makes a key and seals the existing data of an older Baton version as it is.
 *
 * @throws BatonError `not_found` when there is no database and `create` is false; `data_loss` when the
 * database or its key is gone; `invalid_input` for a `BATON_SEAL_KEY` that is not its key.
 */
export async function openSealed(options: SealedOptions): Promise<SealedDatabase> {
  const { folder, env, create, busyTimeoutMs } = options;
  const { database, seals } = folder;
  const isThere = existsSync(database);
  if (!isThere) refuseIfLost(folder);
  if (!isThere && !create) {
    throw new BatonError(
      'not_found',
      `no build was begun here: there is no state database at ${database}; begin one with baton run, or name the repository of a build with --workspace, or a server with --server (or BATON_SERVER)`,
    );
  }
  makeBatonFolder(folder);
  const opened = openSealKey(seals, env['BATON_SEAL_KEY'] || undefined);
  const { key } = opened;
  const memory = createFileSealMemory(seals);
  if (opened.isNew) await sealAll({ database, seals, opened, memory });
  opened.settle();
  const waiting = busyTimeoutMs === undefined ? {} : { busyTimeoutMs };
  const store = await createSqliteStore({ path: database, ...waiting });
  return { key, store: createSealedStore(store, { key, memory, present: staysAt(database) }) };
}

/** Refuses to replace a lost database. The folder of seals still knows its builds. */
function refuseIfLost({ database, seals }: BatonFolder): void {
  const ids = existsSync(seals) ? createFileSealMemory(seals).workflowIds() : [];
  if (ids.length === 0) return;
  const [first] = ids;
  const builds =
    ids.length === 1 ? `the build ${first}` : `${ids.length} builds, ${first} among them`;
  throw new BatonError(
    'data_loss',
    `the state database ${database} is gone, and with it ${builds}: another program has removed it; restore it, or remove ${seals} to begin without them`,
  );
}

/** Detects a deleted database file. SQLite would go on writing to it, and the writes would be lost. */
function staysAt(path: string): () => void {
  const identity = (): string | undefined => {
    const found = statSync(path, { throwIfNoEntry: false, bigint: true });
    return found && `${found.dev}:${found.ino}`;
  };
  const opened = identity();
  return () => {
    const now = identity();
    if (now === opened) return;
    const happened = now === undefined ? 'deleted' : 'replaced by another';
    throw new BatonError(
      'data_loss',
      `the state database ${path} was ${happened} while it was in use: another program has done it; nothing more is written`,
    );
  };
}
