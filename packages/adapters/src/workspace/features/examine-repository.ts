import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathText } from '../../files/files.ts';
import { createGit, textOf } from '../../git/git.ts';
import { isSparse, readBuildSettings, settingIsTrue } from '../../git/git-settings.ts';
import { headOf } from '../../git/repository.ts';
import { LINK, listTree, modeOf, SUBMODULE } from '../../git/tree-entries.ts';
import { findPlace } from '../find-place.ts';
import type { GitWorkspaceProviderOptions } from '../git-workspace-provider-options.ts';
import { hasDotSegment, placeProblem } from '../places.ts';
import { privateGits } from '../private-git.ts';
import { examineFilters } from './filters.ts';
import { counted, type Examined, type RepositoryFeature } from './repository-feature.ts';
import { examineSubmodules } from './submodules.ts';

type ExamineOptions = Pick<
  GitWorkspaceProviderOptions,
  'repository' | 'directory' | 'stateDirectory' | 'env' | 'lockWaitMs'
>;

/**
 * Examines a repository, and the folder for its builds, for features that builds treat specially: whether
 * they work, and what to do if not. Returns an empty list when there are none. It fetches nothing and leaves
 * no files behind.
 *
 * @throws BatonError `invalid_input` for an unusable repository; `unavailable` when git fails.
 * @example
 * import { examineRepository } from '@baton/adapters/workspace';
 * const features = await examineRepository({ repository: '/home/ada/shop' });
 * const problems = features.filter(({ verdict }) => verdict === 'problem');
 */
export async function examineRepository(
  options: ExamineOptions,
): Promise<readonly RepositoryFeature[]> {
  const { env = process.env, lockWaitMs = 10_000 } = options;
  const git = createGit({ env, lockWaitMs });
  const { repository, worktrees } = await findPlace(git, options, env);
  const head = await headOf(git, repository);
  const scratch = await realpath(await mkdtemp(join(tmpdir(), 'baton-examined-')));
  try {
    const call = { cwd: repository.root, env: { GIT_NO_REPLACE_OBJECTS: '1' } };
    const entries = await listTree((args) => git(args, call), head);
    const submodules = [...entries].flatMap(([path, entry]) =>
      modeOf(entry) === SUBMODULE ? [pathText(path)] : [],
    );
    const examined: Examined = {
      git,
      withGit: await privateGits(git, repository, { scratch: join(scratch, 'git') }),
      env,
      repository,
      settings: await readBuildSettings({ git, env, repository }, submodules),
      head,
      entries,
      scratch,
    };
    return [
      ...examineWorktrees(worktrees),
      ...(await examineSubmodules(examined)),
      ...(await examineFilters(examined)),
      ...(await examineCheckout(examined)),
    ];
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function examineWorktrees(worktrees: string): readonly RepositoryFeature[] {
  const name = 'worktrees';
  const problem = placeProblem(worktrees);
  const advice = 'name another folder for them: workspace.directory of the configuration';
  if (problem !== undefined) {
    return [{ name, verdict: 'problem', found: `${worktrees}: ${problem}`, advice }];
  }
  if (!hasDotSegment(worktrees)) return [];
  const found = `${worktrees}: tools that skip folders whose names begin with a dot find no files there`;
  return [{ name, verdict: 'warning', found, advice }];
}

/** Examines which files and objects the user's checkout has, and in what form. */
async function examineCheckout(examined: Examined): Promise<readonly RepositoryFeature[]> {
  return [
    ...sparseCheckout(examined),
    ...(await partialClone(examined)),
    ...(await shallowClone(examined)),
    ...symbolicLinks(examined),
  ];
}

function sparseCheckout({ settings }: Examined): readonly RepositoryFeature[] {
  if (!isSparse(settings)) return [];
  const found = 'builds have the files that your sparse checkout has; the others stay as they are';
  return [{ name: 'sparse checkout', verdict: 'ok', found }];
}

async function partialClone({
  git,
  repository,
  settings,
  head,
}: Examined): Promise<readonly RepositoryFeature[]> {
  const isPartial = settings.config.some(([key]) => /^remote\..*\.promisor$/i.test(key));
  if (!isPartial) return [];
  const list = ['rev-list', '--objects', '--missing=print', '--no-walk', head];
  const listed = textOf(await git(list, { cwd: repository.root })).split('\n');
  const missing = listed.filter((line) => line.startsWith('?')).length;
  const name = 'partial clone';
  if (missing === 0) {
    return [{ name, verdict: 'ok', found: 'every object of the last commit is on this machine' }];
  }
  const objects = missing === 1 ? '1 object' : `${missing} objects`;
  if (isSparse(settings)) {
    const found = `${objects} of files outside of your sparse checkout are not on this machine`;
    return [{ name, verdict: 'ok', found: `${found}, and builds leave these files alone` }];
  }
  return [
    {
      name,
      verdict: 'problem',
      found: `${objects} of the last commit are not on this machine, and builds fetch nothing`,
      advice: 'fetch them: git fetch --refetch --no-filter',
    },
  ];
}

async function shallowClone({ git, repository }: Examined): Promise<readonly RepositoryFeature[]> {
  const ask = ['rev-parse', '--is-shallow-repository'];
  if (textOf(await git(ask, { cwd: repository.root })) !== 'true') return [];
  return [{ name: 'shallow clone', verdict: 'ok', found: 'builds need the last commit only' }];
}

function symbolicLinks({ settings, entries }: Examined): readonly RepositoryFeature[] {
  const isSet = settings.config.some(([key]) => key.toLowerCase() === 'core.symlinks');
  if (!isSet || settingIsTrue(settings, 'core.symlinks')) return [];
  const links = [...entries].flatMap(([path, entry]) => (modeOf(entry) === LINK ? [path] : []));
  if (links.length === 0) return [];
  const found = `${counted('symbolic link', links.map(pathText))}: plain files in builds, as in your checkout (core.symlinks=false)`;
  return [{ name: 'symbolic links', verdict: 'ok', found }];
}
