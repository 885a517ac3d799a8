import {
  BatonError,
  type Commit,
  type CommitResult,
  type CreateResult,
  type WorkflowSnapshot,
  type WorkflowStore,
} from '@baton/core';
import { checkedLoadsOf } from './checked-loads.ts';
import type { SealMemory } from './file-seal-memory.ts';
import { NO_SUMS } from './seal.ts';
import { sealingBy, unsealed } from './sealing.ts';

/*
 * Detects changes that other programs make to a store.
 * 1. Each commit extends a chain over the workflow's events and handoffs, and stores a code over the chain
 *    and the whole snapshot in the snapshot's `seal`. Creating the code requires the key.
 * 2. No decision uses stored data before its code, and the new part of the chain, have been checked. A
 *    process does not read again what it has checked or written; its first load of a workflow checks the
 *    chain from the beginning.
 * 3. An older copy of a store has valid seals. The memory is told of every commit afterwards and asked before
 *    every load, so it knows the newer revision, and never one that the store has not had.
 * 4. Seals stay inside: callers see snapshots and replies as they were committed.
 *
 * The codes do not cover the project's counters (statistics and usage) and the expiry of a claim.
 */

/** Options of {@link createSealedStore}. */
export interface SealedStoreOptions {
  /** 32 bytes or more, inaccessible to programs that can write to the store. */
  readonly key: Uint8Array;
  /** Remembers commits outside of the store. */
  readonly memory: SealMemory;
  /**
   * Called before and after every operation to check that the store's data is still where it was opened.
   * Default: no check.
   *
   * @throws BatonError `data_loss` when it is not.
   */
  readonly present?: (() => void) | undefined;
}

/** A store that checks what it reads. */
export interface SealedStore extends WorkflowStore {
  /**
   * Checks everything that the store has of a workflow, from its first event, including replies.
   *
   * @throws BatonError `not_found`; `data_loss` that names what was changed.
   */
  verify(workflowId: string): Promise<void>;
}

/**
 * Wraps a store so that it detects changes by other programs.
 *
 * @throws BatonError `data_loss` from every read of a workflow that another program changed, reverted,
 * removed or added, and from commits on it.
 * @example
 * import { createFileSealMemory, createSealedStore, openSealKey } from '@baton/adapters/sealed';
 * import { createSqliteStore } from '@baton/adapters/sqlite';
 * const { key } = openSealKey('/srv/seals');
 * const memory = createFileSealMemory('/srv/seals');
 * const store = createSealedStore(await createSqliteStore({ path: 'baton.db' }), { key, memory });
 */
export function createSealedStore(store: WorkflowStore, options: SealedStoreOptions): SealedStore {
  const { key, memory, present = () => undefined } = options;
  const sealing = sealingBy(key);
  const loads = checkedLoadsOf({ store, key, sealing, memory, present });

  /** The commit with its seal. */
  async function sealed(commit: Commit): Promise<Commit> {
    const { id } = commit.snapshot;
    const revision = commit.follows?.revision;
    if (loads.head(id)?.revision !== revision) await loads.load(id);
    const head = loads.head(id);
    // On another revision the commit is refused as a conflict, whatever its seal.
    return sealing.commit(
      commit,
      head !== undefined && head.revision === revision ? head : NO_SUMS,
    );
  }

  async function resultOf(commit: Commit, result: CommitResult): Promise<CommitResult> {
    const { id } = commit.snapshot;
    switch (result.kind) {
      case 'committed':
        loads.committed(commit);
        return result;
      case 'duplicate':
        return { kind: 'duplicate', reply: sealing.opened(id, result.reply) };
      case 'conflict':
        return { kind: 'conflict', snapshot: (await loads.load(id))?.snapshot };
      case 'failed':
        return result;
    }
  }

  async function commit(batch: readonly Commit[]): Promise<readonly CommitResult[]> {
    present();
    const results = new Array<CommitResult>(batch.length);
    const ready: { readonly index: number; readonly commit: Commit }[] = [];
    for (const [index, one] of batch.entries()) {
      try {
        ready.push({ index, commit: await sealed(one) });
      } catch (reason) {
        results[index] = { kind: 'failed', error: BatonError.from(reason) };
      }
    }
    const written = ready.length === 0 ? [] : await store.commit(ready.map((one) => one.commit));
    present();
    for (const [place, { index, commit: one }] of ready.entries()) {
      const result = written[place];
      if (result === undefined) throw new BatonError('internal', 'the store left out a result');
      results[index] = await resultOf(one, result).catch((reason): CommitResult => {
        return { kind: 'failed', error: BatonError.from(reason) };
      });
    }
    return results;
  }

  async function begun(
    result: CreateResult,
    commit: Pick<Commit, 'snapshot'>,
  ): Promise<CreateResult> {
    present();
    if (result.kind === 'created') {
      loads.committed(commit);
      return result;
    }
    const { snapshot, reply } = result;
    const found = await loads.load(snapshot.id, reply?.requestId);
    return { kind: 'exists', snapshot: found?.snapshot ?? unsealed(snapshot), reply: found?.reply };
  }

  /** Drops changed workflows from lists of work; loading one reports the change. */
  async function unchanged(
    found: readonly WorkflowSnapshot[],
  ): Promise<readonly WorkflowSnapshot[]> {
    const checked = await Promise.allSettled(found.map(loads.listed));
    return checked.flatMap((one) => {
      if (one.status === 'fulfilled') return [one.value];
      if (BatonError.from(one.reason).code === 'data_loss') return [];
      throw one.reason;
    });
  }

  return {
    capabilities: store.capabilities,

    async create(commit) {
      present();
      const whole = sealing.commit(commit, NO_SUMS);
      return begun(await store.create(whole), whole);
    },

    async restore(record) {
      present();
      const whole = sealing.record(record);
      return begun(await store.restore(whole), whole);
    },

    load: loads.load,
    commit,
    verify: loads.verify,
    readReplies: loads.replies,

    async renewClaim(renewal) {
      present();
      return store.renewClaim(renewal);
    },

    async listClaimable(query) {
      present();
      return unchanged(await store.listClaimable(query));
    },

    ...(store.readQueues !== undefined && {
      async readQueues(query) {
        present();
        return (store.readQueues as NonNullable<typeof store.readQueues>)(query);
      },
    }),

    async listOverdue(query) {
      present();
      return unchanged(await store.listOverdue(query));
    },

    async listWorkflows(query) {
      present();
      return Promise.all((await store.listWorkflows(query)).map(loads.listed));
    },

    async listNames(query) {
      present();
      return store.listNames(query);
    },

    async readHandoffs(query) {
      present();
      return store.readHandoffs(query);
    },

    async readEvents(query) {
      present();
      return store.readEvents(query);
    },

    async readSequences(workflowIds) {
      present();
      return store.readSequences(workflowIds);
    },

    async readStats(projectId) {
      present();
      return store.readStats(projectId);
    },

    async listProjects(query) {
      present();
      return store.listProjects(query);
    },

    async readUsage(query) {
      present();
      return store.readUsage(query);
    },

    ...(store.now !== undefined && { now: () => (store.now as () => Promise<number>)() }),

    async takeLease(lease) {
      present();
      return store.takeLease(lease);
    },

    async takePermits(request) {
      present();
      return store.takePermits(request);
    },

    async returnPermits(holder, names) {
      present();
      await store.returnPermits(holder, names);
    },

    close: () => store.close(),
  };
}
