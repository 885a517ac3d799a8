import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { pathText } from '../../files/files.ts';
import { cleanEnvironment } from '../../git/environment.ts';
import { settingOf } from '../../git/git-settings.ts';
import { idOf } from '../../git/tree-entries.ts';
import { conversionsOf, isConfigured } from '../file-attributes.ts';
import { lfsPointers } from './lfs-pointers.ts';
import { counted, type Examined, type RepositoryFeature } from './repository-feature.ts';

const run = promisify(execFile);

/** The first word of a command, as a shell reads it; other commands are not examined. */
const PROGRAM = /^\s*(?:"([^"$`\\]+)"|'([^']+)'|([\w./+@%:-]+))(?=\s|$)/;

/** How to get a filter that git's settings do not define. */
function wayToHave(filter: string): string {
  if (filter === 'lfs') return 'install git-lfs and set it up: git lfs install';
  if (/^git-crypt(?:-|$)/.test(filter)) return 'the repository is locked: git-crypt unlock';
  return `set filter.${filter}.clean and filter.${filter}.smudge as the repository's instructions say, or to cat for files as they are stored`;
}

/** Examines the filters of the files in the commit. */
export async function examineFilters(examined: Examined): Promise<readonly RepositoryFeature[]> {
  const { settings } = examined;
  const features: RepositoryFeature[] = [];
  for (const [filter, paths] of await filteredFiles(examined)) {
    const name = filter === 'lfs' ? 'git-lfs' : `filter ${filter}`;
    const files = counted('file', paths.map(pathText));
    if (!isConfigured(filter, settings)) {
      const found = `${files}: no setting of git says what the filter '${filter}' does`;
      features.push({ name, verdict: 'problem', found, advice: wayToHave(filter) });
      continue;
    }
    const missing = await missingProgram(filter, examined);
    if (missing !== undefined) {
      const found = `${files}: there is no program '${missing}', which the filter '${filter}' runs`;
      features.push({ name, verdict: 'problem', found, advice: 'install it' });
    } else if (filter === 'lfs') {
      features.push(await examineLfs(name, files, paths, examined));
    } else {
      features.push({ name, verdict: 'ok', found: `${files}: converted as in your checkout` });
    }
  }
  return features;
}

async function filteredFiles({
  withGit,
  settings,
  head,
  entries,
  scratch,
}: Examined): Promise<ReadonlyMap<string, readonly string[]>> {
  return withGit({ worktree: scratch, settings }, async (git) => {
    await git.run(['read-tree', head]);
    const paths = [...entries.keys()];
    const filters = new Map<string, string[]>();
    for (const [path, { filter }] of await conversionsOf(git, paths, settings)) {
      if (filter !== undefined) filters.set(filter, [...(filters.get(filter) ?? []), path]);
    }
    return filters;
  });
}

/** When `process` is set, git uses it in both directions. */
async function missingProgram(
  filter: string,
  { settings, repository, env }: Examined,
): Promise<string | undefined> {
  const commandOf = (action: string) => settingOf(settings, `filter.${filter}.${action}`);
  const both = commandOf('process');
  const commands = both ? [both] : [commandOf('clean'), commandOf('smudge')];
  for (const command of commands) {
    const [, ...words] = PROGRAM.exec(command ?? '') ?? [];
    const program = words.find((word) => word !== undefined);
    if (program === undefined) continue;
    const look = ['-c', 'command -v "$0"', program];
    const options = { cwd: repository.root, env: cleanEnvironment(env) };
    const there = await run('sh', look, options).catch(() => undefined);
    if (there === undefined) return program;
  }
  return undefined;
}

async function examineLfs(
  name: string,
  files: string,
  paths: readonly string[],
  examined: Examined,
): Promise<RepositoryFeature> {
  const missing = await missingLfsObjects(paths, examined);
  if (missing.length === 0) {
    return { name, verdict: 'ok', found: `${files}: with their contents, as in your checkout` };
  }
  const contents = `the contents of ${counted('file', missing.map(pathText))} are not on this machine`;
  const skips = /(?:^|\s)--skip(?:\s|$)/;
  const { settings, env } = examined;
  const commands = ['process', 'smudge'].map((one) => settingOf(settings, `filter.lfs.${one}`));
  const skipped =
    env['GIT_LFS_SKIP_SMUDGE'] === '1' || commands.some((one) => skips.test(one ?? ''));
  if (skipped) {
    const found = `${contents}: builds see pointers, for your settings skip them`;
    return { name, verdict: 'warning', found, advice: 'git lfs pull, if builds need them' };
  }
  return { name, verdict: 'problem', found: contents, advice: 'fetch them: git lfs pull' };
}

/** The files that are git-lfs pointers to content that is missing here. */
async function missingLfsObjects(
  paths: readonly string[],
  { git, repository, settings, entries }: Examined,
): Promise<readonly string[]> {
  const call = { cwd: repository.root, env: { GIT_NO_REPLACE_OBJECTS: '1' } };
  const idAt = (path: string) => idOf(entries.get(path) ?? '');
  const pointers = await lfsPointers(git, paths.map(idAt), call);
  const storage = settingOf(settings, 'lfs.storage') ?? 'lfs';
  const objects = join(resolve(repository.commonDir, storage), 'objects');
  return paths.filter((path) => {
    const oid = pointers.get(idAt(path));
    return oid && !existsSync(join(objects, oid.slice(0, 2), oid.slice(2, 4), oid));
  });
}
