import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type OpenedStore, openStore, parseStoreUrl } from '@baton/adapters/open-store';
import { BatonError } from '@baton/core';
import { batonFolder } from './baton-folder.ts';
import { openSealed } from './open-sealed.ts';

/** Which store a command works on: the one of a URL, or that of a workspace. */
export interface WhichDatabase {
  readonly database?: string;
  readonly workspace?: string;
}

export interface DatabaseOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether to begin a state database where there is none; if not, that is an error. */
  readonly create: boolean;
  /** Hears in one line what the server's settings could lose. */
  readonly warn: (line: string) => void;
}

/** A whole workflow is written in one step, which may take a while. */
const TIMEOUT_MS = 600_000;

/**
 * @throws BatonError `not_found` when there is no database and none is to be made, `invalid_input` for
 * one in memory: nobody has put anything there, and nobody would find it.
 */
export async function openDatabase(
  { database, workspace }: WhichDatabase,
  { cwd, env, create, warn }: DatabaseOptions,
): Promise<OpenedStore> {
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
): Promise<OpenedStore> {
  if (create && !statSync(workspace, { throwIfNoEntry: false })?.isDirectory()) {
    throw new BatonError('not_found', `the workspace ${workspace} is not a folder`);
  }
  const folder = batonFolder(workspace, env);
  const { store } = await openSealed({ folder, env, create, busyTimeoutMs: TIMEOUT_MS });
  const description = `sqlite:${folder.database}`;
  return { store, description, dispatcher: undefined, close: () => store.close() };
}
