import { BatonError } from '../model/errors.ts';
import type { Commit, CommitResult, WorkflowStore } from '../ports/workflow-store.ts';

/*
 * Commits that wait together travel together and share one fsync.
 * 1. As many batches are on their way at a time as the store can take (one, if it does not say);
 *    what is ready is shared out among those that are free, so that one travels while another's
 *    answers are worked on. What arrives meanwhile makes up the next.
 * 2. At most one commit of a workflow is ready or on its way; the next waits behind it.
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
  const ready: Waiting[] = [];
  /** Of each workflow with a commit that is ready or on its way, those behind it. */
  const behind = new Map<string, Waiting[]>();
  let batches = 0;
  let scheduled = false;

  /** After the poll phase: everything that came in with the same read is ready by then. */
  function schedule(): void {
    if (scheduled || batches === parallel || ready.length === 0) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      const share = Math.ceil(ready.length / (parallel - batches));
      void send(ready.splice(0, Math.min(share, MAX_BATCH)));
      schedule();
    });
  }

  async function send(batch: readonly Waiting[]): Promise<void> {
    batches++;
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
    for (const { commit } of batch) release(commit.snapshot.id);
    batches--;
    schedule();
  }

  function release(workflowId: string): void {
    const next = behind.get(workflowId)?.shift();
    if (next === undefined) behind.delete(workflowId);
    else ready.push(next);
  }

  return (commit) =>
    new Promise((resolve, reject) => {
      const waiting = { commit, resolve, reject };
      const queue = behind.get(commit.snapshot.id);
      if (queue === undefined) {
        behind.set(commit.snapshot.id, []);
        ready.push(waiting);
      } else {
        queue.push(waiting);
      }
      schedule();
    });
}

function only(results: readonly CommitResult[]): CommitResult {
  const [result] = results;
  if (result === undefined) throw new BatonError('internal', 'the store left out a result');
  return result;
}
