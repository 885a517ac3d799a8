import { z } from 'zod';
import type { Artifact } from '../model/artifact.ts';
import { BatonError } from '../model/errors.ts';
import {
  artifactRequest,
  listArtifactsRequest,
  readArtifactRequest,
  uint32,
} from '../model/requests.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { ArtifactReading } from './artifact-reading.ts';
import { decodePageToken, encodePageToken } from './page-token.ts';
import { validate } from './validate.ts';

const position = z.strictObject({ number: uint32.min(1) });

/**
 * The artifacts of a store, for callers whose requests are not checked yet.
 *
 * @param expectKnown rejects for an unknown workflow. Artifacts may outlive theirs, so it is asked only where there
 * are none.
 */
export function createArtifactReading(
  artifacts: Pick<ArtifactStore, 'list' | 'read'>,
  expectKnown: (workflowId: string) => Promise<unknown>,
): ArtifactReading {
  async function found(workflowId: string, number: number): Promise<Artifact> {
    const [one] = await artifacts.list({ workflowId, after: number - 1, limit: 1 });
    if (one?.number === number) return one;
    throw new BatonError('not_found', `workflow ${workflowId} has no artifact ${number}`);
  }

  return {
    async listArtifacts(request) {
      const { workflowId, state, attempt, kind, afterNumber, pageSize, pageToken } = validate(
        listArtifactsRequest,
        request,
        'the list request',
      );
      const filters = { state, kind, attempt: attempt?.toString() };
      const query = { list: 'artifacts', workflowId, ...filters };
      const last = pageToken === undefined ? 0 : decodePageToken(pageToken, query, position).number;
      const asked = { workflowId, state, attempt, kind };
      const after = Math.max(afterNumber, last);
      const page = await artifacts.list({ ...asked, after, limit: pageSize });
      if (page.length === 0) await expectKnown(workflowId);
      if (page.length < pageSize) return { artifacts: page, nextPageToken: undefined };
      const number = page.at(-1)?.number ?? after;
      const following = await artifacts.list({ ...asked, after: number, limit: 1 });
      const isMore = following.length > 0;
      return {
        artifacts: page,
        nextPageToken: isMore ? encodePageToken(query, { number }) : undefined,
      };
    },

    async getArtifact(request) {
      const { workflowId, number } = validate(artifactRequest, request, 'the artifact request');
      return found(workflowId, number);
    },

    async *readArtifact(request, signal) {
      const { workflowId, number, ...range } = validate(
        readArtifactRequest,
        request,
        'the read request',
      );
      const { digest } = await found(workflowId, number);
      for await (const piece of artifacts.read({ workflowId, digest }, range)) {
        signal?.throwIfAborted();
        yield piece;
      }
    },
  };
}
