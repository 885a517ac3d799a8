import type { Commit, CommitResult, WorkflowStore } from '@baton/core';
import type { Random } from './random.ts';

/*
 * Stores with mistakes in them, over one that has none: what the checks have to find. Each makes its
 * mistake now and then, as real ones do.
 */

/** Writes without looking at the revision: the last one wins. */
export function fenceDropped(store: WorkflowStore): WorkflowStore {
  return { ...store, commit: (batch) => each(batch, (commit) => force(store, commit)) };
}

/** Does not keep the reply. */
export function replyForgotten(store: WorkflowStore, random: Random): WorkflowStore {
  return {
    ...store,
    commit: (batch) =>
      each(batch, ({ reply, ...rest }) =>
        write(store, random.chance(0.1) || reply === undefined ? rest : { ...rest, reply }),
      ),
  };
}

/** Takes any commit that made the revision of that number for the one that was decided on. */
export function followsIgnored(store: WorkflowStore): WorkflowStore {
  return {
    ...store,
    commit: (batch) =>
      each(batch, async (commit) => {
        const result = await write(store, commit);
        if (result.kind !== 'conflict' || result.snapshot === undefined) return result;
        if (result.snapshot.revision !== commit.follows?.revision) return result;
        return write(store, { ...commit, follows: result.snapshot });
      }),
  };
}

/** Sends a commit again whose answer it has. */
export function writtenTwice(store: WorkflowStore, random: Random): WorkflowStore {
  return {
    ...store,
    commit: (batch) =>
      each(batch, async (commit) => {
        const result = await write(store, commit);
        const { reply, ...again } = commit;
        if (result.kind === 'committed' && random.chance(0.2)) await force(store, again);
        return result;
      }),
  };
}

/** Says that a commit was made, and makes it later; `crash` loses what has not been made. */
export function acknowledgedEarly(
  store: WorkflowStore,
  delay: () => Promise<void>,
): WorkflowStore & { crash(): void } {
  let lives = 0;
  return {
    ...store,
    async commit(batch) {
      const life = lives;
      void delay().then(() => (life === lives ? store.commit(batch) : undefined));
      return batch.map(() => ({ kind: 'committed' }));
    },
    crash() {
      lives++;
    },
  };
}

/** Counts no cancellation, and one less when what was cancelled is taken up again. */
export function cancellationUncounted(store: WorkflowStore): WorkflowStore {
  return {
    ...store,
    commit: (batch) =>
      each(batch, (commit) => {
        const { stats } = commit;
        if (stats === undefined || stats.cancelled < 1) return write(store, commit);
        return write(store, { ...commit, stats: { ...stats, cancelled: 0 } });
      }),
  };
}

/** Writes that a workflow was cancelled, and leaves it where it stood, with its claim. */
export function workGoesOn(store: WorkflowStore): WorkflowStore {
  return {
    ...store,
    commit: (batch) =>
      each(batch, async (commit) => {
        const { snapshot, events } = commit;
        if (!events.some(({ type }) => type === 'workflow_cancelled')) return write(store, commit);
        const { state, role, claim, failure } =
          (await store.load(snapshot.id))?.snapshot ?? snapshot;
        return write(store, { ...commit, snapshot: { ...snapshot, state, role, claim, failure } });
      }),
  };
}

async function each(
  batch: readonly Commit[],
  writeOne: (commit: Commit) => Promise<CommitResult>,
): Promise<readonly CommitResult[]> {
  const results: CommitResult[] = [];
  for (const commit of batch) results.push(await writeOne(commit));
  return results;
}

async function write(store: WorkflowStore, commit: Commit): Promise<CommitResult> {
  const [result] = await store.commit([commit]);
  return result as CommitResult;
}

/** Writes `commit` over the current data, even when they conflict. */
async function force(store: WorkflowStore, commit: Commit): Promise<CommitResult> {
  const { claimExpiredBy, ...unclaimed } = commit;
  const result = await write(store, unclaimed);
  if (result.kind !== 'conflict' || result.snapshot === undefined) return result;
  const { revision, sequence, handoffs } = result.snapshot;
  return force(store, {
    ...unclaimed,
    follows: result.snapshot,
    snapshot: {
      ...commit.snapshot,
      revision: revision + 1,
      sequence: sequence + commit.events.length,
      handoffs: handoffs + commit.handoffs.length,
    },
    events: commit.events.map((event, i) => ({
      ...event,
      sequence: sequence + i + 1,
      revision: revision + 1,
    })),
    handoffs: commit.handoffs.map((handoff, i) => ({ ...handoff, number: handoffs + i + 1 })),
  });
}
