import { BatonError, type Checkpoint } from '@baton/core';
import type { BuildPaths } from './build-paths.ts';
import { type Git, textOf } from './git.ts';
import type { Repository } from './repository.ts';

/*
 * Invariants
 * 1. A build's checkpoints are one chain under its ref, oldest first, and the ref only moves from a
 *    checkpoint to a child of it. So nothing that was ever acknowledged is garbage-collected.
 * 2. The first of the chain holds the files that the build began with; its parent is the commit
 *    they were checked out from. Every later one names the first, so a tip is enough to find it.
 * 3. A checkpoint commit describes itself: what the ref lost can be put back from any of them.
 */

/** What a checkpoint commit holds. */
export interface CheckpointRecord {
  readonly commit: string;
  readonly tree: string;
  readonly workflowId: string;
  /** The user's commit that the build began at. */
  readonly start: string;
  /** Where the worktree's own HEAD stood; roles may commit there. */
  readonly head: string;
  /** The first checkpoint of the chain. */
  readonly base: string;
}

/** What a new checkpoint shall hold. */
type NewCheckpoint = Pick<CheckpointRecord, 'tree' | 'start' | 'head'> & {
  readonly label: string;
};

/** Reads and records the checkpoints of one build. */
export interface Checkpoints {
  /** The newest, or undefined before the first. */
  tip(): Promise<CheckpointRecord | undefined>;
  /**
   * @throws BatonError `data_loss` when there is no such checkpoint of this build, or when it does
   * not have the digest it should.
   */
  find(checkpoint: Checkpoint): Promise<CheckpointRecord>;
  /** The files that the build began with, given any of its checkpoints. */
  baseOf(record: CheckpointRecord): Promise<CheckpointRecord>;
  /** Appends a checkpoint to the chain. */
  record(checkpoint: NewCheckpoint): Promise<Checkpoint>;
  /** Points a missing ref at `record` again. */
  restoreRef(record: CheckpointRecord): Promise<void>;
}

export type CommitTree = (args: readonly string[], message: string) => Promise<string>;

const OBJECT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const RECORD_ATTEMPTS = 5;

export function checkpointsOf(
  git: Git,
  repository: Repository,
  paths: BuildPaths,
  commitTree: CommitTree,
): Checkpoints {
  // A role may make a replacement ref; what was recorded is read, not what stands in for it.
  const env = { GIT_DIR: repository.commonDir, GIT_NO_REPLACE_OBJECTS: '1' };
  const inRepository = { cwd: repository.root, env };
  const absent = '0'.repeat(repository.objectFormat === 'sha256' ? 64 : 40);

  async function read(revision: string): Promise<CheckpointRecord | undefined> {
    const result = await git(['cat-file', '--batch'], {
      ...inRepository,
      input: Buffer.from(`${revision}\n`),
    });
    return parse(result.stdout.toString('utf8'));
  }

  async function moveRef(to: string, from: string): Promise<void> {
    await git(['update-ref', paths.ref, to, from], inRepository);
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

  async function tip(): Promise<CheckpointRecord | undefined> {
    const record = await read(paths.ref);
    if (record !== undefined) return record;
    const ref = await git(['rev-parse', '--verify', '--quiet', paths.ref], {
      ...inRepository,
      accept: [1, 128],
    });
    if (ref.code !== 0) return undefined;
    throw new BatonError(
      'data_loss',
      `expected ${paths.ref} to be a checkpoint of workflow ${paths.workflowId}, found the unreadable or foreign object ${textOf(ref)}`,
      { metadata: { workflowId: paths.workflowId, commit: textOf(ref) } },
    );
  }

  return {
    tip,
    baseOf: (record) => existing(record.base),
    restoreRef: (record) => moveRef(record.commit, absent),

    async find(checkpoint) {
      const record = await existing(checkpoint.commit);
      if (record.tree === checkpoint.digest) return record;
      throw new BatonError(
        'data_loss',
        `expected checkpoint ${checkpoint.commit} to have the digest ${checkpoint.digest}, found ${record.tree}`,
        { metadata: { expected: checkpoint.digest, found: record.tree } },
      );
    },

    async record({ tree, start, head, label }) {
      for (let attempt = 1; ; attempt += 1) {
        const parent = await tip();
        const message = messageOf(label, paths.workflowId, start, head, parent?.base);
        // Commits that a role made in the worktree live as long as the checkpoint made after them.
        const kept = head === (parent?.head ?? start) ? [] : [head];
        const parents = [parent?.commit ?? start, ...kept].flatMap((id) => ['-p', id]);
        const commit = await commitTree([tree, ...parents], message);
        try {
          await moveRef(commit, parent?.commit ?? absent);
          return { commit, digest: tree };
        } catch (reason) {
          // Another process was faster: append to what it recorded.
          const now = await tip();
          if (attempt >= RECORD_ATTEMPTS || now?.commit === parent?.commit) throw reason;
        }
      }
    },
  };
}

function messageOf(
  label: string,
  workflowId: string,
  start: string,
  head: string,
  base: string | undefined,
): string {
  const title = label.replace(/\p{Cc}+/gu, ' ').trim() || 'checkpoint';
  const trailers = [`Workflow: ${workflowId}`, `Start: ${start}`, `Head: ${head}`];
  if (base !== undefined) trailers.push(`Base: ${base}`);
  return `baton: ${title}\n\n${trailers.map((line) => `Baton-${line}`).join('\n')}\n`;
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
  const head = trailer('Head');
  if (!(tree && workflowId && start && head)) return undefined;
  return { commit, tree, workflowId, start, head, base: trailer('Base') ?? commit };
}
