import { existsSync } from 'node:fs';
import type { OpenedStore } from '@baton/adapters/open-store';
import { invalidEnvironment } from '@baton/builds/internal';
import { BatonError } from '@baton/core';
import type { CommandContext } from '../command-context.ts';
import type { Terminal } from '../output/terminal.ts';

/**
 * Opens the store that the command serve would open: `database`, else DATABASE_URL, else REDIS_URL, else baton.sqlite
 * in the current folder.
 *
 * @throws BatonError `not_found` for a file that is not there; `invalid_input` for a store in memory, which ends with
 * its process.
 */
export async function openServerStore(
  { env }: Pick<CommandContext, 'env'>,
  database: string | undefined,
  terminal: Terminal,
): Promise<OpenedStore> {
  const { ConfigError, readConfig } = await import('@baton/server');
  const { openStore, parseStoreUrl } = await import('@baton/adapters/open-store');
  const { DATABASE_URL, REDIS_URL } = env;
  const given = database === undefined ? { DATABASE_URL, REDIS_URL } : { DATABASE_URL: database };
  try {
    const { databaseUrl } = readConfig(given);
    const where = parseStoreUrl(databaseUrl);
    if (where.kind === 'memory') {
      const message = `a store in memory ends with its server; expected sqlite:<path>, postgres://… or redis://…`;
      throw new BatonError('invalid_input', message);
    }
    if (where.kind === 'sqlite' && !existsSync(where.path)) {
      const how = 'name the database of the server with --database or DATABASE_URL';
      throw new BatonError('not_found', `there is no database at ${where.path}: ${how}`);
    }
    return await openStore(databaseUrl, { warn: (line) => terminal.note(line) });
  } catch (reason) {
    if (reason instanceof ConfigError) throw invalidEnvironment(reason);
    throw reason;
  }
}
