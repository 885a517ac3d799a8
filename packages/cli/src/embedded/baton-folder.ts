import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What Baton keeps in a workspace, all of it below `.baton`. */
export interface BatonFolder {
  readonly root: string;
  /** The state of every build of this workspace. */
  readonly database: string;
  /** What a `baton run` was asked for, so that it can go on after an interruption. */
  readonly runs: string;
  /** What commands did before builds changed anything. */
  readonly baselines: string;
}

export function batonFolder(workspace: string): BatonFolder {
  const root = join(workspace, '.baton');
  return {
    root,
    database: join(root, 'baton.db'),
    runs: join(root, 'runs'),
    baselines: join(root, 'baselines'),
  };
}

/** Makes the folder where it is missing. It ignores itself: git shows nothing of it. */
export function makeBatonFolder({ root, runs }: BatonFolder): void {
  mkdirSync(runs, { recursive: true });
  const ignore = join(root, '.gitignore');
  if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
}
