import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface NewFolder {
  readonly database: string;
  readonly runs: string;
}

/**
 * Moves what an older version kept in `<repository>/.baton`: the database and the records of runs. The
 * worktrees there go, for checkpoints have their files. Does nothing where there is no such folder, or
 * where the new one has a database already.
 */
export function takeOverOldFolder(repository: string, { database, runs }: NewFolder): void {
  const old = join(repository, '.baton');
  if (!existsSync(join(old, 'baton.db')) || existsSync(database)) return;
  mkdirSync(dirname(database), { recursive: true, mode: 0o700 });
  if (existsSync(join(old, 'runs'))) move(join(old, 'runs'), runs);
  // The database last: once it is there, everything is.
  for (const suffix of ['-wal', '-shm', '']) {
    const from = join(old, `baton.db${suffix}`);
    if (existsSync(from)) move(from, `${database}${suffix}`);
  }
  rmSync(old, { recursive: true, force: true });
}

function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (reason) {
    const elsewhere = reason instanceof Error && 'code' in reason && reason.code === 'EXDEV';
    if (!elsewhere) throw reason;
    cpSync(from, to, { recursive: true });
    rmSync(from, { recursive: true });
  }
}
