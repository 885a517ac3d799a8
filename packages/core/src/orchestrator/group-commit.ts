import { BatonError } from '../model/errors.ts';
import type { Commit, CommitResult, WorkflowStore } from '../ports/workflow-store.ts';

/*
 * Commits that wait together travel together and share one fsync.
 * 1. As many batches are on their way at a time as the store can take (one, if it does not say);
 *    what waits is shared out among those that are free, so that one travels while another's answers
 *    are worked on. What arrives meanwhile makes up the next.
 * 2. At most one commit of a workflow is on its way; a second one waits, and keeps its place.
 * 3. Every submitted commit is answered exactly once, by its own result.
 */

const MAX_BATCH = 128;

export type SubmitCommit = (commit: Commit) => Promise<CommitResult>;

interface Waiting {
  readonly commit: Commit;
  resolve(result: CommitResult): void;
  reject(reason: unknown): void;
}

export function createGroupCommit(store: WorkflowStore): SubmitCommit {
  if (!store.capabilities.groupCommit) {
    return async (commit) => only(await store.commit([commit]));
  }
  const parallel = store.capabilities.parallelBatches ?? 1;
  const underWay = new Set<string>();
  let queue: Waiting[] = [];
  let batches = 0;
  let scheduled = false;

  /** After the poll phase: everything that came in with the same read is in the queue by then. */
  function schedule(): void {
    if (scheduled || batches === parallel || queue.length === 0) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      const share = Math.ceil(queue.length / (parallel - batches));
      const [batch, rest] = nextBatch(queue, underWay, Math.min(share, MAX_BATCH));
      queue = rest;
      if (batch.length === 0) return;
      void send(batch);
      schedule();
    });
  }

  async function send(batch: readonly Waiting[]): Promise<void> {
    batches++;
    for (const { commit } of batch) underWay.add(commit.snapshot.id);
    try {
      const results = await store.commit(batch.map(({ commit }) => commit));
      batch.forEach(({ resolve, reject }, i) => {
        const result = results[i];
        if (result === undefined) reject(new BatonError('internal', 'the store left out a result'));
        else resolve(result);
      });
    } catch (reason) {
      for (const { reject } of batch) reject(reason);
    }
    for (const { commit } of batch) underWay.delete(commit.snapshot.id);
    batches--;
    schedule();
  }

  return (commit) =>
    new Promise((resolve, reject) => {
      queue.push({ commit, resolve, reject });
      schedule();
    });
}

function nextBatch(
  queue: readonly Waiting[],
  underWay: ReadonlySet<string>,
  most: number,
): [batch: Waiting[], rest: Waiting[]] {
  const batch: Waiting[] = [];
  const rest: Waiting[] = [];
  const workflows = new Set(underWay);
  for (const waiting of queue) {
    const { id } = waiting.commit.snapshot;
    if (batch.length < most && !workflows.has(id)) batch.push(waiting);
    else rest.push(waiting);
    workflows.add(id);
  }
  return [batch, rest];
}

function only(results: readonly CommitResult[]): CommitResult {
  const [result] = results;
  if (result === undefined) throw new BatonError('internal', 'the store left out a result');
  return result;
}
