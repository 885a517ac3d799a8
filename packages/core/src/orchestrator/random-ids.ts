import { hash, randomFillSync } from 'node:crypto';
import type { IdGenerator } from '../ports/runtime.ts';

const BYTES = 16;

/** Random bytes ahead of their use: to ask the system for each id costs more than the rest of a commit. */
const pool = Buffer.allocUnsafe(BYTES * 256);
let used = pool.length;

/** @returns a view of 16 bytes that no other caller gets; read it before the next call. */
function randomId(): Buffer {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += BYTES;
  return pool.subarray(used - BYTES, used);
}

/** Identifiers of 128 bits: random, or, for a start with a request id, made from it. */
export const randomIds: IdGenerator = {
  workflowId(projectId, requestId) {
    if (requestId === undefined) return `wf_${randomId().toString('hex')}`;
    const source = JSON.stringify([projectId, requestId]);
    return `wf_${hash('sha256', source).slice(0, 32)}`;
  },
  claimToken: () => randomId().toString('base64url'),
};
