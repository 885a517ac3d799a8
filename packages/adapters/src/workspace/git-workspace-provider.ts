import { expectDone } from '../files/file-trees.ts';
import { explainedFailure } from '../files/files.ts';
import { createSerialize, withLock } from '../files/lock.ts';
import { branchesOf } from '../git/branches.ts';
import { createGit } from '../git/git.ts';
import { readBuildSettings, withSparsePatternsOf } from '../git/git-settings.ts';
import { checkRemote } from '../git/remote-address.ts';
import type { Repository } from '../git/repository.ts';
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
import { sharedCheckpointsOf } from './shared-checkpoints.ts';
import { type TakeTools, takeWork } from './take.ts';
import { removeWorktree } from './worktree.ts';

const DEFAULT_LOCK_WAIT_MS = 10_000;

/**
 * Gives every build its own worktree, with checkpoints under `refs/baton/<workflowId>`. It neither changes
 * the user's branches, HEAD, index and settings nor runs the user's hooks. Everything else that Baton needs
 * lies outside of the repository: see {@link placesOf}.
 *
 * The worktree has its own git folder, outside of both. It reads the user's objects and starts with the
 * user's branches and tags, HEAD at the starting commit of the build, and a few settings: identity,
 * conversion of files, and remotes whose addresses hold no password. So whatever roles and commands do with
 * git there (settings, hooks, branches, commits) does not affect the repository.
 *
 * A digest covers every file that no ignore rule from the start matches (`ignored`, the starting commit's
 * rules, the user's settings; never rules that a role writes), and every file whose name the starting commit
 * contains: content, executable bit, and links as links. It does not cover ignored files, empty folders,
 * sockets, pipes, owners, times or other permissions. Nested repositories count as folders; a submodule
 * counts as its commit while it has exactly the files of that commit.
 *
 * A checkpoint is a commit: the initial tree with the build's changes, converted by the user's filters and
 * attributes from the start of the build. Where git would check a changed file out differently (line endings,
 * filters), creating the checkpoint rewrites the file: what is judged from then on is what every checkout
 * contains.
 *
 * A restore that changes files also removes ignored files, which were made from them, except for dependency
 * folders and similar ones (`keepIgnored`). Those may hold what the withdrawn attempt installed, so a role
 * should install from a lockfile. Where no file differs from the checkpoint, ignored files stay. No digest
 * covers ignored files.
 *
 * A worktree with something that git cannot store (a pipe in place of a file, a folder `.GIT`) is created
 * again when it is opened; until then its digests and checkpoints are refused as `invalid_input`. The same
 * happens when files cannot be read, replaced or removed. What cannot be removed even then, such as files of
 * another user, is moved aside and reported to `onSetAside`. Files and folders that an attempt made read-only
 * become writable for the next one.
 *
 * Opening a build resets HEAD to the starting commit and reverts what an attempt has set in the git folder.
 * Commits of roles never enter the repository, where they could hold in clear what filters encrypt; their
 * files are in the checkpoint. Git still finds them in the worktree, through the reflog and the roles'
 * branches, until the worktree is replaced or removed. A branch that the user deletes meanwhile breaks there
 * once git has collected its commits.
 *
 * Judges have a worktree of their own beside the author's, with its own git folder. It contains the files of
 * the checkpoint and the kept preparation, and is created again when a file of either was changed. Opening it
 * removes what earlier attempts of judges left there.
 *
 * With `remote`, `publish` of a workspace puts a checkpoint on a git remote, and opening a build gets a checkpoint
 * of another machine from there. Each machine converts files by the settings that its user had before it opened
 * the build first; where they give other files than the checkpoint has, opening is refused. Files of Git LFS do
 * not travel: a checkpoint in which the build changed one is not published.
 *
 * Opening a build ends the commands (`runCommand`) that an earlier attempt left running in its worktree
 * because its process was killed or stopped. Processes that left the command's process group stay, and so
 * does work inside a process that is still alive.
 *
 * @throws BatonError from `open`: `invalid_input` for a malformed workflow id, an unusable repository or a
 * git filter whose program is missing; `data_loss` when a checkpoint or the build's initial git settings are
 * gone, or the remote has another object in the place of a checkpoint; `unavailable` when git fails, the remote is
 * away or lacks the checkpoint, a lock is not released in time, or another process writes while files
 * are restored.
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
  const remote = options.remote === undefined ? undefined : checkRemote(options.remote);
  const { remoteTimeoutMs: timeoutMs } = options;
  const sharedIn = (repository: Repository) =>
    remote === undefined
      ? undefined
      : sharedCheckpointsOf({ git, env, repository, remote, timeoutMs });

  /** Runs the tasks of one build one at a time. */
  function exclusively<T>(workflowId: string, task: () => Promise<T>): Promise<T> {
    return serialize(workflowId, async () => {
      try {
        return await task();
      } catch (reason) {
        throw explainedFailure(reason);
      }
    });
  }

  /** Passes `work` the tools to hand over the work of a build. */
  function handingOver<T>(
    { workflowId, checkpoint }: HandOverRequest,
    work: (tools: TakeTools) => Promise<T>,
  ): Promise<T> {
    return exclusively(workflowId, async () => {
      const { repository, ...places } = await findPlace(git, options, env);
      const paths = buildPaths(places, workflowId);
      return withLock(paths.lock, lockWaitMs, async () => {
        const shared = sharedIn(repository);
        await shared?.bring(workflowId, checkpoint);
        const checkpoints = checkpointsOf(git, repository, paths);
        const record = await checkpoints.find(checkpoint);
        const base = await checkpoints.baseOf(record);
        const context = { git, env, repository, paths, shared };
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
              shared: sharedIn(repository),
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
