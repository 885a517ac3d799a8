import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type OpenedStore, openStore, parseStoreUrl } from '@baton/adapters/open-store';
import { BatonError } from '@baton/core';
import { batonFolder } from './baton-folder.ts';
import { openSealed } from './open-sealed.ts';

/** Names the store of a command: a database URL, or a workspace. */
export interface WhichDatabase {
  readonly database?: string;
  readonly workspace?: string;
}

export interface DatabaseOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether to create a missing database. If false, a missing one is an error. */
  readonly create: boolean;
  /** Called with a line about server settings that could lose data. */
  readonly warn: (line: string) => void;
}

/** The store of a command. That of a workspace has no documents. */
export type OpenedDatabase = Omit<OpenedStore, 'documents'>;

/** Long, because a whole workflow is written in one step. */
const TIMEOUT_MS = 600_000;

/**
 * Opens the store at a database URL, or the one of a workspace.
 *
 * @throws BatonError `not_found` when there is no database and `create` is false; `invalid_input` for one
 * in memory, which is empty and ends with this process.
 */
export async function openDatabase(
  { database, workspace }: WhichDatabase,
  { cwd, env, create, warn }: DatabaseOptions,
): Promise<OpenedDatabase> {
  if (database === undefined) return openWorkspace(resolve(cwd, workspace ?? '.'), { env, create });
  const where = parseStoreUrl(database);
  if (where.kind === 'memory') {
    throw new BatonError(
      'invalid_input',
      `--database ${database} keeps nothing longer than this command runs; expected sqlite:<path>, postgres://… or redis://…`,
    );
  }
  if (where.kind === 'sqlite' && !create && !existsSync(where.path)) {
    throw new BatonError('not_found', `there is no database at ${where.path}`);
  }
  return openStore(database, { timeoutMs: TIMEOUT_MS, warn });
}

async function openWorkspace(
  workspace: string,
  { env, create }: Pick<DatabaseOptions, 'env' | 'create'>,
): Promise<OpenedDatabase> {
  if (create && !statSync(workspace, { throwIfNoEntry: false })?.isDirectory()) {
    throw new BatonError('not_found', `the workspace ${workspace} is not a folder`);
  }
  const folder = batonFolder(workspace, env);
  const { store } = await openSealed({ folder, env, create, busyTimeoutMs: TIMEOUT_MS });
  const description = `sqlite:${folder.database}`;
  return { store, description, dispatcher: undefined, close: () => store.close() };
}
