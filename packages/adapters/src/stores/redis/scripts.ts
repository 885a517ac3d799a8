import { createHash } from 'node:crypto';
import { LIST_DOCUMENTS, READ_DOCUMENT, REMOVE_DOCUMENT, WRITE_DOCUMENT } from './lua/documents.ts';
import {
  FIND_CLAIMABLE,
  FIND_OVERDUE,
  FIND_PROJECTS,
  FIND_WORKFLOWS,
  READ_QUEUES,
} from './lua/list.ts';
import {
  LIST_REPLIES,
  LOAD,
  READ_NAMES,
  READ_PAGE,
  RECORDS,
  REMOVE,
  REPLACE_RESERVATION,
  RESERVE,
} from './lua/records.ts';
import {
  COMMIT,
  CREATE,
  LIST_AWAITING,
  LIST_DEADLINE,
  LIST_READY,
  NOW,
  RENEW_CLAIM,
  RETURN_PERMITS,
  TAKE_LEASE,
  TAKE_PERMITS,
  WRITE,
} from './lua/write.ts';

export interface Script {
  readonly text: string;
  /** The digest by which a server runs a script that it knows. */
  readonly sha: string;
  /** Whether no caller relies on the answer, so that replicas need not have it. */
  readonly isHint: boolean;
}

/** All scripts, assembled once. */
export const SCRIPTS = {
  create: script(RECORDS, WRITE, CREATE),
  commit: script(RECORDS, WRITE, COMMIT),
  renewClaim: script(RECORDS, RENEW_CLAIM),
  load: script(RECORDS, LOAD),
  readPage: script(RECORDS, READ_PAGE),
  listReplies: script(RECORDS, LIST_REPLIES),
  // The workflows that they find are loaded before they are returned.
  findClaimable: hint(RECORDS, FIND_CLAIMABLE),
  readQueues: hint(RECORDS, READ_QUEUES),
  findOverdue: hint(RECORDS, FIND_OVERDUE),
  findWorkflows: hint(RECORDS, FIND_WORKFLOWS),
  findProjects: hint(RECORDS, FIND_PROJECTS),
  readNames: hint(READ_NAMES),
  takeLease: hint(TAKE_LEASE),
  takePermits: script(TAKE_PERMITS),
  returnPermits: hint(RETURN_PERMITS),
  now: hint(NOW),
  listAwaiting: script(RECORDS, LIST_AWAITING),
  listDeadline: script(RECORDS, LIST_DEADLINE),
  listReady: script(RECORDS, LIST_READY),
  remove: script(RECORDS, REMOVE),
  reserve: script(RESERVE),
  writeDocument: script(WRITE_DOCUMENT),
  removeDocument: script(REMOVE_DOCUMENT),
  readDocument: script(READ_DOCUMENT),
  listDocuments: script(LIST_DOCUMENTS),
  replaceReservation: script(REPLACE_RESERVATION),
} as const;

function script(...parts: readonly string[]): Script {
  const text = parts.join('');
  return { text, sha: createHash('sha1').update(text).digest('hex'), isHint: false };
}

function hint(...parts: readonly string[]): Script {
  return { ...script(...parts), isHint: true };
}
