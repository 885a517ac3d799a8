import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathBytes } from '../files/files.ts';
import { bytesOf, fieldsOf } from '../git/git.ts';
import type { BuildSettings } from '../git/git-settings.ts';
import type { BuildPaths } from './build-paths.ts';
import { AS_THEY_ARE, type WithPrivateGit } from './private-git.ts';

/*
 * Invariants
 * 1. A filter runs in a folder that no role can write. A program that its command names there comes from the
 *    starting commit, never from a role.
 * 2. The folder belongs to one build. It is created again when the build is opened or handed over, and
 *    appears complete.
 */

const FILTER_COMMAND = /^filter\.[\s\S]+\.(?:clean|smudge|process)$/;

/** Returns the settings with filters that run in the folder of programs, and fills that folder. */
export async function withFilterPrograms(
  withGit: WithPrivateGit,
  settings: BuildSettings,
  start: string,
  paths: Pick<BuildPaths, 'programs' | 'scratch'>,
): Promise<BuildSettings> {
  const commands = settings.config.flatMap(([key, value]) =>
    value && FILTER_COMMAND.test(key) ? [value] : [],
  );
  if (commands.length === 0) return settings;
  await layOut(withGit, settings, { commands, start, paths });
  const quoted = `'${pathBytes(paths.programs).replaceAll("'", `'\\''`)}'`;
  const config = settings.config.map(([key, value]): [string, ...string[]] => {
    if (value === undefined) return [key];
    return [key, value && FILTER_COMMAND.test(key) ? `cd ${quoted} && ${value}` : value];
  });
  return { ...settings, config };
}

interface Programs {
  readonly commands: readonly string[];
  readonly start: string;
  readonly paths: Pick<BuildPaths, 'programs' | 'scratch'>;
}

async function layOut(
  withGit: WithPrivateGit,
  settings: BuildSettings,
  { commands, start, paths }: Programs,
): Promise<void> {
  const place = join(paths.scratch, 'programs');
  await rm(place, { recursive: true, force: true });
  await mkdir(place, { recursive: true });
  const options = { worktree: place, settings, attributes: AS_THEY_ARE };
  await withGit(options, async (git) => {
    const names = fieldsOf(await git.run(['ls-tree', '-z', '--name-only', '--full-tree', start]));
    await git.run(['read-tree', start]);
    const all = fieldsOf(await git.run(['ls-files', '-z']));
    const isProgram = commands.some((command) => names.some((name) => isNamed(command, name)));
    // A filter's settings lie at the root (.lfsconfig, .sops.yaml); a filter program may use any file.
    const needed = isProgram ? all : all.filter((path) => !path.includes('/'));
    const out = ['checkout-index', '--force', '--ignore-skip-worktree-bits', '-z', '--stdin'];
    await git.run(out, { input: bytesOf(needed) });
  });
  await rm(paths.programs, { recursive: true, force: true });
  await rename(place, paths.programs);
}

/** Whether a command contains the name as a word or as part of a path. */
function isNamed(command: string, name: string): boolean {
  return command.split(/[^\w.\x80-\xff-]+/).includes(name);
}
