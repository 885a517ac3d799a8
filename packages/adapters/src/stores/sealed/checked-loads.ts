import {
  BatonError,
  type Commit,
  type LoadedWorkflow,
  type ReplyQuery,
  type StoredReply,
  type WorkflowSnapshot,
  type WorkflowStore,
} from '@baton/core';
import type { SealedRevision, SealMemory } from './file-seal-memory.ts';
import { AT_BEGIN, EVENTS, follow, HANDOFFS, type Position } from './numbered-chain.ts';
import { isSealOf, readSeal, type Sums } from './seal.ts';
import { type Sealing, strangersWrite, unsealed } from './sealing.ts';

/** The state of a workflow when this process last checked or wrote it. */
interface Head extends Sums {
  readonly revision: number;
  readonly sequence: number;
  readonly handoffCount: number;
}

/** Heads to hold. A workflow whose head was dropped is checked from its beginning again. */
const MOST_HEADS = 10_000;
/** Concurrent commits that a check tolerates in a row before it gives up. */
const MOST_MEETINGS = 100;

/** The store to check, and what checks it. */
interface CheckedParts {
  readonly store: WorkflowStore;
  readonly key: Uint8Array;
  readonly sealing: Sealing;
  readonly memory: SealMemory;
  readonly present: () => void;
}

/**
 * Reads of a store that detect changes made outside of Baton: they throw `data_loss` that names the change.
 */
export interface CheckedLoads {
  /** Loads and checks a workflow, and removes its seal. */
  load(workflowId: string, requestId?: string): Promise<LoadedWorkflow | undefined>;
  /** Checks a workflow of a list against its code and the memory, not from its first event. */
  listed(snapshot: WorkflowSnapshot): Promise<WorkflowSnapshot>;
  replies(query: ReplyQuery): Promise<readonly StoredReply[]>;
  /**
   * Checks everything of a workflow from its first event.
   *
   * @throws BatonError `not_found`.
   */
  verify(workflowId: string): Promise<void>;
  /** The state when the workflow was last checked or written here. */
  head(workflowId: string): Head | undefined;
  /** Records what the store has committed. */
  committed(commit: Pick<Commit, 'snapshot'>): void;
}

export function checkedLoadsOf({
  store,
  key,
  sealing,
  memory,
  present,
}: CheckedParts): CheckedLoads {
  const heads = new Map<string, Head>();

  function keep(workflowId: string, head: Head): void {
    const before = heads.get(workflowId);
    if (before !== undefined && before.revision > head.revision) return;
    heads.delete(workflowId);
    heads.set(workflowId, head);
    if (heads.size > MOST_HEADS) heads.delete(heads.keys().next().value as string);
  }

  /** Checks the code, and compares with what was remembered before the store was read. */
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
      throw strangersWrite(id, `its revision ${revision} has no signature of Baton`);
    }
    const isTrue = isSealOf(seal, key, snapshot, sums);
    const isKnown = remembered?.revision !== revision || remembered.seal === seal;
    if (!isTrue || !isKnown) {
      throw strangersWrite(id, `its revision ${revision} is not the one that was committed`);
    }
    return sums;
  }

  /** @returns whether there are records beyond the snapshot. */
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

  /** Loads and checks a workflow, and removes its seal. */
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
        // Another process may have committed after the snapshot was read.
        stray = { what: beyond, revision };
        continue;
      }
      keep(workflowId, { ...sums, revision, sequence, handoffCount: handoffs });
      if (remembered?.revision !== revision) remember(snapshot);
      return {
        snapshot: unsealed(snapshot),
        reply: loaded.reply && sealing.opened(workflowId, loaded.reply),
      };
    }
    throw changesTooOften(workflowId);
  }

  function remember({ id, revision, sequence, handoffs, seal }: WorkflowSnapshot): void {
    if (seal !== undefined) memory.remember(id, { revision, sequence, handoffs, seal });
  }

  async function replies(query: ReplyQuery): Promise<readonly StoredReply[]> {
    present();
    return (await store.readReplies(query)).map((reply) => sealing.opened(query.workflowId, reply));
  }

  async function countReplies(workflowId: string): Promise<number> {
    const limit = 1000;
    let count = 0;
    for (let after = ''; ; ) {
      const page = await replies({ workflowId, after, limit });
      count += page.length;
      const last = page.at(-1);
      if (page.length < limit || last === undefined) return count;
      after = last.requestId;
    }
  }

  return {
    load,
    replies,
    head: (workflowId) => heads.get(workflowId),

    committed({ snapshot }) {
      const { id, revision, sequence, handoffs: handoffCount, seal } = snapshot;
      const sums = seal === undefined ? undefined : readSeal(seal);
      if (sums !== undefined) keep(id, { ...sums, revision, sequence, handoffCount });
      remember(snapshot);
    },

    async listed(snapshot) {
      const remembered = memory.recall(snapshot.id);
      // Another process may have committed after the list was read.
      if (remembered !== undefined && remembered.revision > snapshot.revision) {
        return (await load(snapshot.id))?.snapshot ?? unsealed(snapshot);
      }
      sumsOf(snapshot, remembered);
      return unsealed(snapshot);
    },

    async verify(workflowId) {
      for (let meetings = 0; meetings < MOST_MEETINGS; meetings++) {
        heads.delete(workflowId);
        if ((await load(workflowId)) === undefined) {
          throw new BatonError('not_found', `there is no workflow '${workflowId}'`);
        }
        const head = heads.get(workflowId);
        const found = await countReplies(workflowId);
        if (found === head?.replies) return;
        // Another process may have committed after the head was read.
        const now = await load(workflowId);
        if (now?.snapshot.revision === head?.revision) {
          const problem = `${head?.replies} replies were written, and it has ${found}`;
          throw strangersWrite(workflowId, problem);
        }
      }
      throw changesTooOften(workflowId);
    },
  };
}

function changesTooOften(workflowId: string): BatonError {
  const message = `workflow ${workflowId} changed ${MOST_MEETINGS} times while it was checked`;
  return new BatonError('unavailable', message, { retryable: true });
}
