import type { Commit, StoredReply, WorkflowRecord, WorkflowSnapshot } from '@baton/core';
import { strangersWrite } from './problems.ts';
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
