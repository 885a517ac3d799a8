import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BatonError, type Checkpoint } from '@baton/core';
import { type Git, textOf } from '../git/git.ts';
import type { Repository } from '../git/repository.ts';
import type { BuildPaths } from './build-paths.ts';
import type { PrivateGit } from './private-git.ts';

/*
 * Invariants
 * 1. A checkpoint's first parent is the one before it in the same work, and the ref covers both and
 *    what it covered before. So nothing that was ever acknowledged is garbage-collected.
 * 2. The first of a build holds the files that it began with; its parent is the commit they were
 *    checked out from. Every later one names the first.
 * 3. A checkpoint commit describes itself, and its id vouches for what it says. So what the caller
 *    recorded is enough to find everything else, and the ref, which any program can move, is only
 *    asked before the caller has recorded any.
 */

/** What a checkpoint commit holds. */
export interface CheckpointRecord {
  readonly commit: string;
  /** The files as they are in the repository: cleaned by the user's filters. */
  readonly tree: string;
  /** Digest of the files as they are in the worktree. */
  readonly digest: string;
  readonly workflowId: string;
  /** The user's commit that the build began at. */
  readonly start: string;
  /** The first checkpoint of the build; undefined in that one. */
  readonly base: string | undefined;
  /** The rules of what to ignore, in the first checkpoint of a build; elsewhere empty. */
  readonly ignoreRules: Buffer;
  /** Digest of the git settings, in the first checkpoint of a build; elsewhere empty. */
  readonly settingsDigest: string;
}

/** The first checkpoint of a build. */
type FirstCheckpoint = Pick<
  CheckpointRecord,
  'tree' | 'digest' | 'start' | 'ignoreRules' | 'settingsDigest'
>;

/** A later one. */
type NextCheckpoint = Pick<CheckpointRecord, 'tree' | 'digest'> & {
  /** The checkpoint that its work began with, or the last one made of it since. */
  readonly after: CheckpointRecord;
  readonly label: string;
};

/** Reads and records the checkpoints of one build. */
export interface Checkpoints {
  /**
   * The first of the build as the ref has it, or undefined before there is one.
   *
   * @throws BatonError `data_loss` when the ref is no checkpoint of this build.
   */
  first(): Promise<CheckpointRecord | undefined>;
  /**
   * @throws BatonError `data_loss` when there is no such checkpoint of this build, or when it does
   * not have the digest it should.
   */
  find(checkpoint: Checkpoint): Promise<CheckpointRecord>;
  /** The first of the build, given any of its checkpoints. */
  baseOf(record: CheckpointRecord): Promise<CheckpointRecord>;
  /** Records the first checkpoint of the build. */
  begin(git: PrivateGit, checkpoint: FirstCheckpoint): Promise<CheckpointRecord>;
  /** Records a later one. */
  record(git: PrivateGit, checkpoint: NextCheckpoint): Promise<CheckpointRecord>;
  /** Points the ref at `record` where it does not cover it (any more). */
  keep(record: CheckpointRecord): Promise<void>;
}

const OBJECT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const RECORD_ATTEMPTS = 5;

interface NewCommit {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
}

export function checkpointsOf(git: Git, repository: Repository, paths: BuildPaths): Checkpoints {
  // A role may make a replacement ref; what was recorded is read, not what stands in for it.
  const env = { GIT_DIR: repository.commonDir, GIT_NO_REPLACE_OBJECTS: '1' };
  const inRepository = { cwd: repository.root, env };
  // By it another home of Baton knows that the build is not its own.
  const state = ['State', encodeURI(paths.state)] as const;

  async function read(revision: string): Promise<CheckpointRecord | undefined> {
    const result = await git(['cat-file', '--batch'], {
      ...inRepository,
      input: Buffer.from(`${revision}\n`),
    });
    return parse(result.stdout.toString('utf8'));
  }

  /** What the ref stands at: a commit, something else, or nothing that can be read. */
  async function atRef(): Promise<{ readonly id?: string; readonly isCommit: boolean }> {
    const input = Buffer.from(`${paths.ref}\n`);
    const answer = textOf(await git(['cat-file', '--batch-check'], { ...inRepository, input }));
    const [id = '', type] = answer.split(' ');
    return OBJECT_ID.test(id) ? { id, isCommit: type === 'commit' } : { isCommit: false };
  }

  /** Moves the ref itself, whatever it points at, unless it is no longer at `from`. */
  async function moveRef(to: string, from: string | undefined): Promise<void> {
    // Git refuses to move a ref that it cannot read.
    if (from === undefined) await rm(join(repository.commonDir, paths.ref), { force: true });
    const expected = from === undefined ? [] : [from];
    await git(['update-ref', '--no-deref', paths.ref, to, ...expected], inRepository);
  }

  async function append(own: PrivateGit, { tree, parents, message }: NewCommit): Promise<string> {
    for (let attempt = 1; ; attempt += 1) {
      const { id, isCommit } = await atRef();
      const all = new Set([...parents, ...(id !== undefined && isCommit ? [id] : [])]);
      const args = ['commit-tree', tree, ...[...all].flatMap((parent) => ['-p', parent])];
      const commit = textOf(await own.run(args, { input: Buffer.from(message) }));
      try {
        await moveRef(commit, id);
        return commit;
      } catch (reason) {
        // Another process was faster: what it recorded becomes a parent, too.
        if (attempt >= RECORD_ATTEMPTS || (await atRef()).id === id) throw reason;
      }
    }
  }

  async function existing(commit: string): Promise<CheckpointRecord> {
    const record = OBJECT_ID.test(commit) ? await read(commit) : undefined;
    if (record?.workflowId === paths.workflowId) return record;
    const found = record ? `one of workflow ${record.workflowId}` : 'nothing of the kind';
    throw new BatonError(
      'data_loss',
      `expected checkpoint ${commit} of workflow ${paths.workflowId} in ${repository.commonDir}, found ${found}`,
      { metadata: { workflowId: paths.workflowId, commit } },
    );
  }

  async function baseOf(record: CheckpointRecord): Promise<CheckpointRecord> {
    return record.base === undefined ? record : existing(record.base);
  }

  return {
    baseOf,

    async first() {
      const ref = ['rev-parse', '--verify', '--quiet', paths.ref];
      const found = await git(ref, { ...inRepository, accept: [1, 128] });
      if (found.code !== 0) return undefined;
      const tip = await read(paths.ref);
      if (tip !== undefined) return baseOf(tip);
      throw new BatonError(
        'data_loss',
        `expected ${paths.ref} to be a checkpoint of workflow ${paths.workflowId}, found the unreadable or foreign object ${textOf(found)}`,
        { metadata: { workflowId: paths.workflowId, commit: textOf(found) } },
      );
    },

    async keep({ commit }) {
      const covers = ['merge-base', '--is-ancestor', commit, paths.ref];
      const { code } = await git(covers, { ...inRepository, accept: [1, 128] });
      if (code !== 0) await moveRef(commit, (await atRef()).id);
    },

    async find(checkpoint) {
      const record = await existing(checkpoint.commit);
      if (record.digest === checkpoint.digest) return record;
      throw new BatonError(
        'data_loss',
        `expected checkpoint ${checkpoint.commit} to have the digest ${checkpoint.digest}, found ${record.digest}`,
        { metadata: { expected: checkpoint.digest, found: record.digest } },
      );
    },

    async begin(own, { tree, digest, start, ignoreRules, settingsDigest }) {
      const message = messageOf('start', [
        ['Workflow', paths.workflowId],
        ['Start', start],
        ['Digest', digest],
        state,
        ['Settings', settingsDigest],
        ['Ignored', ignoreRules.toString('base64')],
      ]);
      return existing(await append(own, { tree, parents: [start], message }));
    },

    async record(own, { tree, digest, label, after }) {
      const message = messageOf(label, [
        ['Workflow', paths.workflowId],
        ['Start', after.start],
        ['Digest', digest],
        state,
        ['Base', after.base ?? after.commit],
      ]);
      return existing(await append(own, { tree, parents: [after.commit], message }));
    },
  };
}

function messageOf(label: string, trailers: readonly (readonly [string, string])[]): string {
  const title = label.replace(/\p{Cc}+/gu, ' ').trim() || 'checkpoint';
  const lines = trailers.map(([name, value]) => `Baton-${name}: ${value}`);
  return `${TITLE}${title}\n\n${lines.join('\n')}\n`;
}

const TITLE = 'baton: ';

/** The label in the title of a checkpoint; undefined where there is none. */
export function labelIn(title: string): string | undefined {
  return title.startsWith(TITLE) ? title.slice(TITLE.length) : undefined;
}

/** Reads the answer of `cat-file --batch`: a header line, then the commit. */
function parse(answer: string): CheckpointRecord | undefined {
  const [commit = '', type] = answer.slice(0, answer.indexOf('\n')).split(' ');
  if (type !== 'commit') return undefined;
  const tree = /\ntree ([0-9a-f]+)\n/.exec(answer)?.[1];
  // After the title, so that a label cannot pass for a trailer.
  const trailers = answer.slice(answer.indexOf('\n\n')).split('\n').slice(3);
  const trailer = (name: string) =>
    trailers.find((line) => line.startsWith(`Baton-${name}: `))?.slice(`Baton-${name}: `.length);
  const workflowId = trailer('Workflow');
  const start = trailer('Start');
  const digest = trailer('Digest');
  const base = trailer('Base');
  const ignored = base === undefined ? trailer('Ignored') : '';
  const settingsDigest = base === undefined ? trailer('Settings') : '';
  if (!(tree && digest && workflowId && start)) return undefined;
  if (ignored === undefined || settingsDigest === undefined) return undefined;
  const ignoreRules = Buffer.from(ignored, 'base64');
  return { commit, tree, digest, workflowId, start, base, ignoreRules, settingsDigest };
}
