import {
  BatonError,
  type Commit,
  type StoredReply,
  type WorkflowRecord,
  type WorkflowSnapshot,
} from '@baton/core';
import { NO_SUMS, openedReply, type Sums, sealedReply, sealOf, withRecords } from './seal.ts';

/** Adds the codes of one key to what a store keeps, and removes them again. */
export interface Sealing {
  /** @param before the sums of the preceding revision. */
  commit(commit: Commit, before: Sums): Commit;
  record(record: WorkflowRecord): WorkflowRecord;
  /** @throws BatonError `data_loss` for a reply that was not committed like that. */
  opened(workflowId: string, stored: StoredReply): StoredReply;
}

export function sealingBy(key: Uint8Array): Sealing {
  const sealed = (snapshot: WorkflowSnapshot, sums: Sums): WorkflowSnapshot => ({
    ...snapshot,
    seal: sealOf(key, snapshot, sums),
  });
  return {
    commit(commit, before) {
      const { snapshot, reply } = commit;
      const sums = withRecords(before, { ...commit, replies: reply === undefined ? [] : [reply] });
      return {
        ...commit,
        snapshot: sealed(snapshot, sums),
        reply: reply && sealedReply(key, snapshot.id, reply),
      };
    },

    record(record) {
      const { snapshot, replies } = record;
      return {
        ...record,
        snapshot: sealed(snapshot, withRecords(NO_SUMS, record)),
        replies: replies.map((reply) => sealedReply(key, snapshot.id, reply)),
      };
    },

    opened(workflowId, stored) {
      const reply = openedReply(key, workflowId, stored);
      if (reply !== undefined) return reply;
      const what = `the reply to request '${stored.requestId}' is not the one that was committed`;
      throw strangersWrite(workflowId, what);
    },
  };
}

export function unsealed(snapshot: WorkflowSnapshot): WorkflowSnapshot {
  return { ...snapshot, seal: undefined };
}

const ADVICE = 'Baton does nothing more with it: restore the database, or start the build again';

/**
 * The error for a record that was not committed like that. Its message says which, and what is known about
 * it.
 */
export function strangersWrite(workflowId: string, found: string): BatonError {
  return new BatonError(
    'data_loss',
    `workflow ${workflowId} was changed by another program than Baton: ${found}; ${ADVICE}`,
    { metadata: { workflowId } },
  );
}
