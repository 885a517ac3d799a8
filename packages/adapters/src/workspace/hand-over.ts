import { BatonError, type Checkpoint } from '@baton/core';
import type { Branches } from '../git/branches.ts';
import { textOf } from '../git/git.ts';
import { type GitSettings, settingIsTrue, settingOf } from '../git/git-settings.ts';
import type { CheckpointRecord } from './checkpoint.ts';
import { claimedCommits, isWork, WORKFLOW_TRAILER } from './handed-over.ts';
import type { PrivateGit } from './private-git.ts';

/*
 * Invariants
 * 1. The parent of the commit is the commit that the build started from; its tree is that commit's tree with
 *    exactly the build's changes. It comes from the recorded checkpoint, never from a ref that a role can
 *    move.
 * 2. Repeating a hand-over gives the same commit and branch. A branch that holds something else stays,
 *    whatever it says, and is never handed over.
 */

/** An author or committer, as git names it. */
export interface Identity {
  readonly name: string;
  readonly email: string;
}

/** The work to hand over, and the commit to make from it. */
export interface HandOverRequest {
  /** The build to hand over. */
  readonly workflowId: string;
  /** The checkpoint that was judged. */
  readonly checkpoint: Checkpoint;
  /** Name of the branch, without `refs/heads/`. */
  readonly branch: string;
  /** The complete message of the commit; a trailer that names the workflow is added. */
  readonly message: string;
  /** When the work was complete, in milliseconds since the Unix epoch. */
  readonly at: number;
  /** Default: the user's identity in git's settings, else Baton. */
  readonly author?: Identity | undefined;
  /** Default: the author. */
  readonly committer?: Identity | undefined;
  /** Whether git signs the commit with the user's key. Default: the setting `commit.gpgSign`. */
  readonly sign?: boolean | undefined;
}

/** The work of a build as a commit in the repository. */
export interface HandOver {
  readonly branch: string;
  readonly commit: string;
  /** The commit that the build started from. */
  readonly parent: string;
}

const BATON: Identity = { name: 'Baton', email: 'baton@localhost' };

/** The tools for a hand-over. */
export interface HandOverTools {
  /** A private git of the repository, with the user's settings. */
  readonly git: PrivateGit;
  readonly branches: Branches;
  readonly settings: GitSettings;
  /** The recorded checkpoint that was judged. */
  readonly record: Pick<CheckpointRecord, 'tree' | 'start'>;
}

/**
 * Creates the branch of a build, or finds the existing one.
 *
 * @throws BatonError `already_exists` when the branch holds something else, `invalid_input` when git does not
 * accept the name or cannot sign.
 */
export async function makeHandOver(
  { git, branches, settings, record }: HandOverTools,
  request: HandOverRequest,
): Promise<HandOver> {
  const { branch, workflowId } = request;
  const parent = record.start;
  const tip = await branches.tip(branch);
  if (tip !== undefined) {
    const head = await branches.head();
    for (const commit of await claimedCommits(git, workflowId, tip)) {
      if (await isWork(git, record, commit, head)) return { branch, commit, parent };
    }
    throw new BatonError(
      'already_exists',
      `the branch ${branch} is there already, and has no commit that is exactly the work of workflow ${workflowId}: rename it (git branch -m ${branch} ${branch}-before), then take the work again`,
      { metadata: { branch, commit: tip } },
    );
  }
  const commit = await makeCommit(git, settings, { tree: record.tree, parent, request });
  await branches.move(branch, commit, undefined);
  return { branch, commit, parent };
}

export interface NewCommit {
  readonly tree: string;
  readonly parent: string;
  readonly request: Omit<HandOverRequest, 'branch' | 'checkpoint'>;
}

/** Commits as the user would: with the user's identity, and signed if the user signs. */
export async function makeCommit(
  git: PrivateGit,
  settings: GitSettings,
  { tree, parent, request }: NewCommit,
): Promise<string> {
  const { workflowId, message, at, author = userOf(settings), sign } = request;
  const committer = request.committer ?? author;
  const date = `@${Math.floor(at / 1000)} +0000`;
  const env = {
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: committer.name,
    GIT_COMMITTER_EMAIL: committer.email,
    GIT_COMMITTER_DATE: date,
  };
  const signs = sign ?? settingIsTrue(settings, 'commit.gpgsign');
  const args = ['commit-tree', tree, '-p', parent, ...(signs ? ['-S'] : [])];
  const text = `${message.trim()}\n\n${WORKFLOW_TRAILER}: ${workflowId}\n`;
  try {
    return textOf(await git.run(args, { input: Buffer.from(text), env }));
  } catch (reason) {
    const error = BatonError.from(reason);
    if (!signs || !/sign|gpg|ssh/i.test(error.message)) throw error;
    const description = `git could not sign the commit: ${error.message}; unlock the key, or turn signing off for hand-overs`;
    throw new BatonError('invalid_input', description, { cause: error });
  }
}

function userOf(settings: GitSettings): Identity {
  const [name, email] = [settingOf(settings, 'user.name'), settingOf(settings, 'user.email')];
  return name && email ? { name, email } : BATON;
}
