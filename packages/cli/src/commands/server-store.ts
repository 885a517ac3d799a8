import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { OpenedStore } from '@baton/adapters/open-store';
import { invalidEnvironment } from '@baton/builds/internal';
import { BatonError } from '@baton/core';
import type { CommandContext } from '../command-context.ts';
import type { Terminal } from '../output/terminal.ts';

export interface ServerStoreOptions {
  /** Default: as the environment says, read as the command serve reads it. */
  readonly database: string | undefined;
  /** Whether to create a file that is not there. */
  readonly create: boolean;
}

/**
 * Does `work` on the store that the command serve would open, and leaves nothing open.
 *
 * @throws BatonError `not_found` for a file that is not there; `invalid_input` for a store in memory, which ends with
 * its process.
 */
export async function withServerStore(
  { cwd, env }: Pick<CommandContext, 'cwd' | 'env'>,
  { database, create }: ServerStoreOptions,
  terminal: Terminal,
  work: (opened: OpenedStore) => Promise<void>,
): Promise<void> {
  const { openStore, parseStoreUrl } = await import('@baton/adapters/open-store');
  const url = await databaseUrlOf(env, database);
  const where = parseStoreUrl(url);
  if (where.kind === 'memory') {
    throw new BatonError(
      'invalid_input',
      'memory: keeps nothing that another process could see; name the store of the server with --database or DATABASE_URL',
    );
  }
  if (where.kind === 'sqlite' && !create && !existsSync(resolve(cwd, where.path))) {
    throw new BatonError('not_found', `there is no database at ${where.path}`);
  }
  const opened = await openStore(url, { warn: (line) => terminal.note(line) });
  try {
    await work(opened);
  } finally {
    await opened.close();
  }
}

/** @throws BatonError `invalid_input`. */
async function databaseUrlOf(
  env: CommandContext['env'],
  database: string | undefined,
): Promise<string> {
  const { ConfigError, readDatabaseUrl } = await import('@baton/server');
  try {
    return readDatabaseUrl(database === undefined ? env : { DATABASE_URL: database });
  } catch (reason) {
    throw reason instanceof ConfigError ? invalidEnvironment(reason) : reason;
  }
}
