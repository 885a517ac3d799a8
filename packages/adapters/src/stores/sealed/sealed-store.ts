import {
  BatonError,
  type Commit,
  type CommitResult,
  type CreateResult,
  type LoadedWorkflow,
  type ReplyQuery,
  type StoredReply,
  type WorkflowRecord,
  type WorkflowSnapshot,
  type WorkflowStore,
} from '@baton/core';
import { AT_BEGIN, EVENTS, follow, HANDOFFS, type Position } from './numbered-chain.ts';
import { strangersWrite } from './problems.ts';
import {
  NO_SUMS,
  openedReply,
  readSeal,
  type Sums,
  sameText,
  sealedReply,
  sealOf,
  withRecords,
} from './seal.ts';
import type { SealedRevision, SealMemory } from './seal-memory.ts';

/*
 * Finds out who writes into a store past Baton.
 * 1. Each commit adds to a chain over the workflow's events and handoffs, and puts a code over the chain
 *    and the whole snapshot into the snapshot's `seal`. Only a holder of the key can make the code.
 * 2. Nothing that a store holds of a workflow is decided on before its code, and what is new of the chain,
 *    have been checked. What a process has checked or written itself it does not read again; its first
 *    load of a workflow checks the chain from its beginning.
 * 3. An older copy of a store is well sealed. The memory, told of every commit after it was made and asked
 *    before every load, knows a newer revision; so it can never know one that the store has not had.
 * 4. Seals stay in here: callers see snapshots and replies as they were committed.
 *
 * What no code covers: the project's counters, and when a claim expires.
 */

export interface SealedStoreOptions {
  /** 32 bytes or more, out of reach of those who may write into the store. */
  readonly key: Uint8Array;
  readonly memory: SealMemory;
  /**
   * Asked before and after everything: whether the store's data is still where it was opened.
   * @throws BatonError `data_loss`. Default: it always is.
   */
  readonly present?: (() => void) | undefined;
}

export interface SealedStore extends WorkflowStore {
  /**
   * Checks everything that the store holds of a workflow, from its first event, replies included.
   *
   * @throws BatonError `not_found`; `data_loss` that names what was changed.
   */
  verify(workflowId: string): Promise<void>;
}

/** Where a workflow stood when this process checked or wrote it last. */
interface Head extends Sums {
  readonly revision: number;
  readonly sequence: number;
  readonly handoffCount: number;
}

/** Workflows whose heads are held. One that was dropped is checked from its beginning again. */
const MOST_HEADS = 10_000;
/** Commits of others that a check may meet in a row before it gives up. */
const MOST_MEETINGS = 100;

/**
 * A store that finds out strangers' writes.
 *
 * @throws BatonError `data_loss` from every read of a workflow that was changed, went back or is gone, of
 * one that was put there by others, and from commits on it.
 *
 * @example
 * const store = createSealedStore(createSqliteStore({ path }), { key, memory: createFileSealMemory(folder) });
 */
export function createSealedStore(store: WorkflowStore, options: SealedStoreOptions): SealedStore {
  const { key, memory, present = () => undefined } = options;
  const heads = new Map<string, Head>();

  function keep(workflowId: string, head: Head): void {
    const before = heads.get(workflowId);
    if (before !== undefined && before.revision > head.revision) return;
    heads.delete(workflowId);
    heads.set(workflowId, head);
    if (heads.size > MOST_HEADS) heads.delete(heads.keys().next().value as string);
  }

  /** Checks the code, and against what was remembered before the store was asked. */
  function sumsOf(snapshot: WorkflowSnapshot, remembered: SealedRevision | undefined): Sums {
    const { id, revision, seal } = snapshot;
    if (remembered !== undefined && remembered.revision > revision) {
      throw strangersWrite(
        id,
        `it was at revision ${remembered.revision}, and the store has revision ${revision}, as an older copy would`,
      );
    }
    const sums = seal === undefined ? undefined : readSeal(seal);
    if (sums === undefined || seal === undefined) {
      throw strangersWrite(id, `its revision ${revision} has no seal`);
    }
    const isTrue = sameText(seal, sealOf(key, snapshot, sums));
    const isKnown = remembered?.revision !== revision || remembered.seal === seal;
    if (!isTrue || !isKnown) {
      throw strangersWrite(id, `its revision ${revision} is not the one that was committed`);
    }
    return sums;
  }

  /** @returns whether there is more than the snapshot speaks of. */
  async function checkRecords(snapshot: WorkflowSnapshot, sums: Sums): Promise<string | undefined> {
    const { id: workflowId, sequence, handoffs } = snapshot;
    const head = heads.get(workflowId);
    if (head !== undefined && head.revision > snapshot.revision) return undefined;
    const from = (number: number | undefined, chain: string | undefined): Position =>
      number === undefined || chain === undefined ? AT_BEGIN : { number, chain };
    const walk = { store, workflowId, trail: () => memory.trail(workflowId) };
    const event = await follow(EVENTS, {
      ...walk,
      from: from(head?.sequence, head?.events),
      end: { number: sequence, chain: sums.events },
    });
    const handoff = await follow(HANDOFFS, {
      ...walk,
      from: from(head?.handoffCount, head?.handoffs),
      end: { number: handoffs, chain: sums.handoffs },
    });
    if (event !== undefined) return `event ${event}`;
    return handoff === undefined ? undefined : `handoff ${handoff}`;
  }

  /** What the store has of a workflow, checked, with its seal taken off. */
  async function load(workflowId: string, requestId?: string): Promise<LoadedWorkflow | undefined> {
    present();
    let stray: { readonly what: string; readonly revision: number } | undefined;
    for (let meetings = 0; meetings < MOST_MEETINGS; meetings++) {
      const remembered = memory.recall(workflowId);
      const loaded = await store.load(workflowId, requestId);
      if (loaded === undefined) {
        if (remembered === undefined) return undefined;
        throw strangersWrite(workflowId, `the store has nothing of it, not even its first event`);
      }
      const { snapshot } = loaded;
      const { revision, sequence, handoffs } = snapshot;
      if (stray?.revision === revision) {
        throw strangersWrite(workflowId, `no commit has written ${stray.what}`);
      }
      const sums = sumsOf(snapshot, remembered);
      const beyond = await checkRecords(snapshot, sums);
      if (beyond !== undefined) {
        // Another process may have committed since the snapshot was read.
        stray = { what: beyond, revision };
        continue;
      }
      keep(workflowId, { ...sums, revision, sequence, handoffCount: handoffs });
      if (remembered?.revision !== revision) remember(snapshot);
      return {
        snapshot: unsealed(snapshot),
        reply: loaded.reply && opened(workflowId, loaded.reply),
      };
    }
    throw changesTooOften(workflowId);
  }

  function remember({ id, revision, sequence, handoffs, seal }: WorkflowSnapshot): void {
    if (seal !== undefined) memory.remember(id, { revision, sequence, handoffs, seal });
  }

  function opened(workflowId: string, stored: StoredReply): StoredReply {
    const reply = openedReply(key, workflowId, stored);
    if (reply !== undefined) return reply;
    const what = `the reply to request '${stored.requestId}' is not the one that was committed`;
    throw strangersWrite(workflowId, what);
  }

  /** The commit as the store is to keep it. */
  async function sealed(commit: Commit): Promise<Commit> {
    const { id, revision } = commit.snapshot;
    if (heads.get(id)?.revision !== revision - 1) await load(id);
    const head = heads.get(id);
    // On another revision it will be refused as a conflict, whatever its seal.
    return withSeal(commit, head?.revision === revision - 1 ? head : NO_SUMS);
  }

  function withSeal(commit: Commit, before: Sums): Commit {
    const { snapshot, reply } = commit;
    const sums = withRecords(before, { ...commit, replies: reply === undefined ? [] : [reply] });
    return {
      ...commit,
      snapshot: { ...snapshot, seal: sealOf(key, snapshot, sums) },
      ...(reply !== undefined && { reply: sealedReply(key, snapshot.id, reply) }),
    };
  }

  function committed({ snapshot }: Pick<Commit, 'snapshot'>): void {
    const { id, revision, sequence, handoffs: handoffCount, seal } = snapshot;
    const sums = seal === undefined ? undefined : readSeal(seal);
    if (sums !== undefined) keep(id, { ...sums, revision, sequence, handoffCount });
    remember(snapshot);
  }

  async function resultOf(commit: Commit, result: CommitResult): Promise<CommitResult> {
    const { id } = commit.snapshot;
    switch (result.kind) {
      case 'committed':
        committed(commit);
        return result;
      case 'duplicate':
        return { kind: 'duplicate', reply: opened(id, result.reply) };
      case 'conflict':
        return { kind: 'conflict', snapshot: (await load(id))?.snapshot };
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
      committed(commit);
      return result;
    }
    const { snapshot, reply } = result;
    const found = await load(snapshot.id, reply?.requestId);
    return { kind: 'exists', snapshot: found?.snapshot ?? unsealed(snapshot), reply: found?.reply };
  }

  /** One of a list: checked against its code and the memory, not to its first event. */
  async function listed(snapshot: WorkflowSnapshot): Promise<WorkflowSnapshot> {
    const remembered = memory.recall(snapshot.id);
    // Another process may have committed since the list was read.
    if (remembered !== undefined && remembered.revision > snapshot.revision) {
      return (await load(snapshot.id))?.snapshot ?? unsealed(snapshot);
    }
    sumsOf(snapshot, remembered);
    return unsealed(snapshot);
  }

  return {
    capabilities: store.capabilities,

    async create(commit) {
      present();
      const whole = withSeal(commit, NO_SUMS);
      return begun(await store.create(whole), whole);
    },

    async restore(record) {
      present();
      const whole = sealedRecord(record);
      return begun(await store.restore(whole), whole);
    },

    load,
    commit,

    async verify(workflowId) {
      for (let meetings = 0; meetings < MOST_MEETINGS; meetings++) {
        heads.delete(workflowId);
        if ((await load(workflowId)) === undefined) {
          throw new BatonError('not_found', `there is no workflow '${workflowId}'`);
        }
        const head = heads.get(workflowId);
        const replies = await countReplies(workflowId);
        if (replies === head?.replies) return;
        // Another process may have committed since the head was read.
        const now = await load(workflowId);
        if (now?.snapshot.revision === head?.revision) {
          const found = `${head?.replies} replies were written, and it has ${replies}`;
          throw strangersWrite(workflowId, found);
        }
      }
      throw changesTooOften(workflowId);
    },

    async renewClaim(renewal) {
      present();
      return store.renewClaim(renewal);
    },

    /** What was changed is not offered as work: who loads it hears of it. */
    async listClaimable(query) {
      present();
      const found = await Promise.allSettled((await store.listClaimable(query)).map(listed));
      return found.flatMap((one) => {
        if (one.status === 'fulfilled') return [one.value];
        if (BatonError.from(one.reason).code === 'data_loss') return [];
        throw one.reason;
      });
    },

    async listWorkflows(query) {
      present();
      return Promise.all((await store.listWorkflows(query)).map(listed));
    },

    async readHandoffs(query) {
      present();
      return store.readHandoffs(query);
    },

    async readEvents(query) {
      present();
      return store.readEvents(query);
    },

    readReplies,

    async readStats(projectId) {
      present();
      return store.readStats(projectId);
    },

    close: () => store.close(),
  };

  async function readReplies(query: ReplyQuery): Promise<readonly StoredReply[]> {
    present();
    return (await store.readReplies(query)).map((reply) => opened(query.workflowId, reply));
  }

  async function countReplies(workflowId: string): Promise<number> {
    const limit = 1000;
    let count = 0;
    for (let after = ''; ; ) {
      const page = await readReplies({ workflowId, after, limit });
      count += page.length;
      const last = page.at(-1);
      if (page.length < limit || last === undefined) return count;
      after = last.requestId;
    }
  }

  function sealedRecord(record: WorkflowRecord): WorkflowRecord {
    const { snapshot, replies } = record;
    const sums = withRecords(NO_SUMS, record);
    return {
      ...record,
      snapshot: { ...snapshot, seal: sealOf(key, snapshot, sums) },
      replies: replies.map((reply) => sealedReply(key, snapshot.id, reply)),
    };
  }
}

function changesTooOften(workflowId: string): BatonError {
  const message = `workflow ${workflowId} changed ${MOST_MEETINGS} times while it was checked`;
  return new BatonError('unavailable', message, { retryable: true });
}

function unsealed(snapshot: WorkflowSnapshot): WorkflowSnapshot {
  return { ...snapshot, seal: undefined };
}
