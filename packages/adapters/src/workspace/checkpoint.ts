import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BatonError, type Checkpoint } from '@baton/core';
import { type Git, textOf } from '../git/git.ts';
import type { Repository } from '../git/repository.ts';
import type { BuildPaths } from './build-paths.ts';
import type { PrivateGit } from './private-git.ts';

/*
 * Invariants
 * 1. The first parent of a checkpoint is the previous one of the same work, and the ref keeps both, as well
 *    as all it kept before. So git never collects an acknowledged checkpoint.
 * 2. The first checkpoint of a build holds its initial files; its parent is the commit that they were checked
 *    out from. Every later one names the first.
 * 3. A checkpoint commit describes itself, and its id guarantees the content. So the caller's record is
 *    enough to find everything else. Any program can move the ref, so it is only read before the caller has a
 *    record.
 */

/** The content of a checkpoint commit. */
export interface CheckpointRecord {
  readonly commit: string;
  /** The files as stored in the repository: converted by the user's filters. */
  readonly tree: string;
  /** Digest of the files in the worktree. */
  readonly digest: string;
  readonly workflowId: string;
  /** The user's commit that the build started from. */
  readonly start: string;
  /** The first checkpoint of the build; undefined in the first one. */
  readonly base: string | undefined;
  /** The ignore rules; only in the first checkpoint of a build, otherwise empty. */
  readonly ignoreRules: Buffer;
  /** Digest of the git settings; only in the first checkpoint of a build, otherwise empty. */
  readonly settingsDigest: string;
}

/** The first checkpoint of a build. */
type FirstCheckpoint = Pick<
  CheckpointRecord,
  'tree' | 'digest' | 'start' | 'ignoreRules' | 'settingsDigest'
>;

/** A later checkpoint. */
type NextCheckpoint = Pick<CheckpointRecord, 'tree' | 'digest'> & {
  /** The checkpoint that the work started from, or the latest one since. */
  readonly after: CheckpointRecord;
  readonly label: string;
};

/** Reads and records the checkpoints of one build. */
export interface Checkpoints {
  /**
   * The first checkpoint that the ref leads to; undefined before there is one.
   *
   * @throws BatonError `data_loss` when the ref is no checkpoint of this build.
   */
  first(): Promise<CheckpointRecord | undefined>;
  /**
   * Finds a checkpoint that the caller has recorded.
   *
   * @throws BatonError `data_loss` when the build has no such checkpoint, or it has another digest.
   */
  find(checkpoint: Checkpoint): Promise<CheckpointRecord>;
  /** The first checkpoint of the build that `record` belongs to. */
  baseOf(record: CheckpointRecord): Promise<CheckpointRecord>;
  /** Records the first checkpoint of the build. */
  begin(git: PrivateGit, checkpoint: FirstCheckpoint): Promise<CheckpointRecord>;
  /** Records a later checkpoint. */
  record(git: PrivateGit, checkpoint: NextCheckpoint): Promise<CheckpointRecord>;
  /** Points the ref at `record` unless it already keeps it. */
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
  // A role may create a replacement ref; read the recorded object, not its replacement.
  const env = { GIT_DIR: repository.commonDir, GIT_NO_REPLACE_OBJECTS: '1' };
  const inRepository = { cwd: repository.root, env };
  // Lets another home of Baton know that the build is not its own.
  const state = ['State', encodeURI(paths.state)] as const;

  async function read(revision: string): Promise<CheckpointRecord | undefined> {
    const result = await git(['cat-file', '--batch'], {
      ...inRepository,
      input: Buffer.from(`${revision}\n`),
    });
    return parse(result.stdout.toString('utf8'));
  }

  /** What the ref points at: a commit, another object, or nothing readable. */
  async function atRef(): Promise<{ readonly id?: string; readonly isCommit: boolean }> {
    const input = Buffer.from(`${paths.ref}\n`);
    const answer = textOf(await git(['cat-file', '--batch-check'], { ...inRepository, input }));
    const [id = '', type] = answer.split(' ');
    return OBJECT_ID.test(id) ? { id, isCommit: type === 'commit' } : { isCommit: false };
  }

  /** Moves the ref itself, without following it, unless it has moved away from `from`. */
  async function moveRef(to: string, from: string | undefined): Promise<void> {
    // Git refuses to move an unreadable ref.
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
        // Another process was faster: its checkpoint becomes a parent, too.
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

/** The label in the title of a checkpoint; undefined when there is none. */
export function labelIn(title: string): string | undefined {
  return title.startsWith(TITLE) ? title.slice(TITLE.length) : undefined;
}

/** Parses the output of `cat-file --batch`: a header line, then the commit. */
function parse(answer: string): CheckpointRecord | undefined {
  const [commit = '', type] = answer.slice(0, answer.indexOf('\n')).split(' ');
  if (type !== 'commit') return undefined;
  const tree = /\ntree ([0-9a-f]+)\n/.exec(answer)?.[1];
  // Search after the title, so that a label cannot pass for a trailer.
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
