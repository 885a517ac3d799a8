import { expectDone } from '../files/file-trees.ts';
import { explainedFailure } from '../files/files.ts';
import { withLock } from '../files/lock.ts';
import { createSerialize } from '../files/serialize.ts';
import { branchesOf } from '../git/branches.ts';
import { createGit } from '../git/git.ts';
import { readBuildSettings, withSparsePatternsOf } from '../git/git-settings.ts';
import { buildPaths, judgePaths } from './build-paths.ts';
import { checkpointsOf } from './checkpoint.ts';
import { findPlace, makePlace } from './find-place.ts';
import type {
  GitWorkspaceProvider,
  GitWorkspaceProviderOptions,
} from './git-workspace-provider-options.ts';
import { type HandOverRequest, makeHandOver } from './hand-over.ts';
import { DEPENDENCY_FOLDERS } from './ignored-files.ts';
import { openWorkspace, rulesOf } from './open-workspace.ts';
import { privateGits } from './private-git.ts';
import { removeWorktree } from './remove-worktree.ts';
import { type TakeTools, takeWork } from './take.ts';

const DEFAULT_LOCK_WAIT_MS = 10_000;

/**
 * Gives every build a worktree of its own, checkpointed under `refs/baton/<workflowId>`. The
 * user's branches, HEAD, index, settings and hooks are neither changed nor run; what Baton needs
 * besides lies outside of the repository: {@link placesOf}.
 *
 * The worktree has a git folder of its own, outside of both. It reads the user's objects, and begins with
 * the user's branches and tags, HEAD at the commit that the build began at, and of the settings only who
 * commits, how files go in and out, and the remotes whose addresses hold no password. So whatever roles
 * and commands do with git there (settings, hooks, branches, commits) is not done to the repository.
 *
 * A digest speaks of every file that no ignore rule of the beginning matches (`ignored`, the starting
 * commit's own, the user's settings; never those that a role writes), and of every file whose name that
 * commit holds, to the byte, with its executable bit; symbolic links as links. It does not speak of
 * ignored files, empty folders, sockets, pipes, owners, times or other permissions. Nested repositories
 * count as folders; a submodule counts as its commit where its files are that commit's.
 *
 * A checkpoint is a commit: the tree that the build began with plus what it changed, cleaned by the
 * user's own filters and attributes as they stood when it began. Where git would check a changed file
 * out otherwise than it is (line ends, filters), making the checkpoint rewrites the file: what is judged
 * from then on is what the tree gives to everyone who checks it out.
 *
 * A restore that changes files also removes the ignored ones, which were made from them, except for
 * dependency folders and the like (`keepIgnored`): those may then hold what the withdrawn attempt
 * installed, so a role that installs should do it by a lockfile. Where no file differs from the
 * checkpoint, ignored files stay as they are. No digest speaks of ignored files.
 *
 * A worktree with something that git cannot store (a pipe where a file was, a folder `.GIT`) is made
 * anew when it is opened; until then its digests and checkpoints are refused as `invalid_input`. So is one
 * whose files cannot be read, replaced or removed. What cannot be removed even then, as files of another
 * user, is set aside under another name, and `onSetAside` hears of it. Files and folders that an attempt
 * made read-only can be written again by the next one.
 *
 * Opening a build puts HEAD back to the commit that it began at, and takes back what an attempt has set
 * in the git folder. Commits of roles never get into the repository, where they could hold in clear what
 * filters encrypt: their files are in the checkpoint. Git still finds them in the worktree, in the reflog
 * and on the branches that roles made, until the worktree is made anew or removed. A branch that the user
 * deletes meanwhile is broken there once git has collected its commits.
 *
 * Judges have a worktree of their own, beside the author's, with a git folder of its own: it has the files
 * of the checkpoint and what was kept as their preparation, and is made anew where a file of either is not
 * as it was. What attempts of judges leave there is taken out when it is opened again.
 *
 * Opening a build ends the commands (`runCommand`) that an earlier attempt left running in its
 * worktree, because its process was killed or stopped. What left the command's process group stays,
 * as does what a role does within a process that is still alive.
 *
 * @throws BatonError from `open`: `invalid_input` for a malformed workflow id, an unusable repository
 * or a git filter whose program is missing; `data_loss` when a checkpoint or the git settings that the
 * build began with are gone; `unavailable` when git fails, a lock is not released in time, or something
 * writes while files are restored.
 * @example
 * import { createGitWorkspaceProvider } from '@baton/adapters/workspace';
 * const workspaces = createGitWorkspaceProvider({ repository: '/home/ada/shop' });
 * const workspace = await workspaces.open('wf_1', undefined);
 * const checkpoint = await workspace.checkpoint('implementation');
 */
export function createGitWorkspaceProvider(
  options: GitWorkspaceProviderOptions,
): GitWorkspaceProvider {
  const env = options.env ?? process.env;
  const lockWaitMs = options.lockWaitMs ?? DEFAULT_LOCK_WAIT_MS;
  const git = createGit({ env, lockWaitMs });
  const { ignored = [], keepIgnored = DEPENDENCY_FOLDERS } = options;
  const { onSetAside: setAside = () => undefined } = options;
  const serialize = createSerialize();

  /** What works on one build: one task at a time. */
  function exclusively<T>(workflowId: string, task: () => Promise<T>): Promise<T> {
    return serialize(workflowId, async () => {
      try {
        return await task();
      } catch (reason) {
        throw explainedFailure(reason);
      }
    });
  }

  /** Lends `work` what the work of a build is handed over with. */
  function handingOver<T>(
    { workflowId, checkpoint }: HandOverRequest,
    work: (tools: TakeTools) => Promise<T>,
  ): Promise<T> {
    return exclusively(workflowId, async () => {
      const { repository, ...places } = await findPlace(git, options, env);
      const paths = buildPaths(places, workflowId);
      return withLock(paths.lock, lockWaitMs, async () => {
        const checkpoints = checkpointsOf(git, repository, paths);
        const record = await checkpoints.find(checkpoint);
        const base = await checkpoints.baseOf(record);
        const context = { git, env, repository, paths };
        const withGit = await privateGits(git, repository, paths);
        const rules = await rulesOf(context, withGit, base);
        const now = await readBuildSettings(context, []);
        const settings = withSparsePatternsOf(rules.settings, now);
        const branches = branchesOf(git, repository);
        return withGit({ worktree: repository.root, settings }, (own) =>
          work({ git: own, usersGit: git, branches, settings, record, repository }),
        );
      });
    });
  }

  return {
    open: (workflowId, checkpoint, use = 'author') =>
      exclusively(workflowId, async () => {
        const { repository, ...places } = await makePlace(git, options, env);
        const own = buildPaths(places, workflowId);
        const paths = use === 'judge' ? judgePaths(own) : own;
        const alone = <T>(task: () => Promise<T>) => exclusively(workflowId, task);
        return withLock(paths.lock, lockWaitMs, () =>
          openWorkspace(
            {
              git,
              env,
              repository,
              paths,
              use,
              ignored,
              keepIgnored,
              setAside,
              exclusively: alone,
            },
            checkpoint,
          ),
        );
      }),

    handOver: (request) => handingOver(request, (tools) => makeHandOver(tools, request)),

    take: (request, mode) => handingOver(request, (tools) => takeWork(tools, request, mode)),

    remove: (workflowId) =>
      exclusively(workflowId, async () => {
        const { repository, ...places } = await findPlace(git, options, env);
        const paths = buildPaths(places, workflowId);
        await withLock(paths.lock, lockWaitMs, async () =>
          expectDone(await removeWorktree(git, repository, paths)),
        );
      }),
  };
}
