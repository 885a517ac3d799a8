import { createHash } from 'node:crypto';
import type { ArtifactStore } from '@baton/core';

const CONTENT = Buffer.from('12 passed\n'.repeat(30_000));
const DIGEST = createHash('sha256').update(CONTENT).digest('hex');
const PIECE_BYTES = 64 * 1024;

/** Has the same artifact of every workflow, and takes no room for any. */
export const oneArtifact: Pick<ArtifactStore, 'list' | 'read'> = {
  list: async ({ workflowId, after, state = 'testing', attempt = 1, kind = 'output' }) => {
    if (after > 0 || state !== 'testing' || attempt !== 1 || kind !== 'output') return [];
    return [
      {
        ...{ workflowId, number: 1, projectId: 'shop', state, role: 'test_auditor' },
        ...{ epoch: 1, attempt, kind, name: 'test: unit', mediaType: 'text/plain' },
        ...{ digest: DIGEST, size: CONTENT.length, compressedSize: 100, truncated: false },
        ...{ superseded: false, createdAt: 0 },
      },
    ];
  },
  async *read(_, { from = 0, to = CONTENT.length } = {}) {
    const end = Math.min(to, CONTENT.length);
    for (let at = from; at < end; at += PIECE_BYTES) {
      yield CONTENT.subarray(at, Math.min(at + PIECE_BYTES, end));
    }
  },
};
