import { createHash, randomBytes } from 'node:crypto';
import type { IdGenerator } from '../ports/runtime.ts';

/** Identifiers of 128 bits: random, or, for a start with a request id, made from it. */
export const randomIds: IdGenerator = {
  workflowId(projectId, requestId) {
    if (requestId === undefined) return `wf_${randomBytes(16).toString('hex')}`;
    const source = JSON.stringify([projectId, requestId]);
    return `wf_${createHash('sha256').update(source).digest('hex').slice(0, 32)}`;
  },
  claimToken: () => randomBytes(16).toString('base64url'),
};
