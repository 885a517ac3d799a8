import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathText } from '../../files/file-place.ts';
import { createGit } from '../../git/git.ts';
import { readBuildSettings } from '../../git/git-settings.ts';
import { listTree } from '../../git/list-tree.ts';
import { headOf } from '../../git/repository.ts';
import { modeOf, SUBMODULE } from '../../git/tree-entries.ts';
import { findPlace } from '../find-place.ts';
import type { GitWorkspaceProviderOptions } from '../git-workspace-provider-options.ts';
import { hasDotSegment, placeProblem } from '../places.ts';
import { privateGits } from '../private-git.ts';
import { examineCheckout } from './checkout-features.ts';
import type { Examined } from './examined.ts';
import { examineFilters } from './filters.ts';
import type { RepositoryFeature } from './repository-feature.ts';
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
