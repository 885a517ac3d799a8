import { BatonError } from '../model/errors.ts';
import type { Commit, CommitResult, WorkflowStore } from '../ports/workflow-store.ts';

/*
 * Commits that wait together travel together and share one fsync.
 * 1. One batch is on its way at a time; what arrives meanwhile makes up the next.
 * 2. A batch holds at most one commit of a workflow; a second one waits, and keeps its place.
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
  let queue: Waiting[] = [];
  let busy = false;

  async function flush(): Promise<void> {
    const [batch, rest] = nextBatch(queue);
    queue = rest;
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
    if (queue.length > 0) setImmediate(flush);
    else busy = false;
  }

  return (commit) =>
    new Promise((resolve, reject) => {
      queue.push({ commit, resolve, reject });
      if (busy) return;
      busy = true;
      // After the poll phase: everything that came in with the same read is in the queue by then.
      setImmediate(flush);
    });
}

function nextBatch(queue: readonly Waiting[]): [batch: Waiting[], rest: Waiting[]] {
  const batch: Waiting[] = [];
  const rest: Waiting[] = [];
  const workflows = new Set<string>();
  for (const waiting of queue) {
    const { id } = waiting.commit.snapshot;
    if (batch.length < MAX_BATCH && !workflows.has(id)) batch.push(waiting);
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
