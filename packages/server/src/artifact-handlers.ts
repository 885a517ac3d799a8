import { BatonError } from '@baton/core';
import type { ArtifactReading } from '@baton/core/api';
import type { ArtifactService, ReadArtifactResponse } from '@baton/proto';
import { getArtifact, listArtifacts, readArtifact } from '@baton/wire';
import type { ContentBudget } from './load/content-budget.ts';
import { SLOWEST_BYTES_A_SECOND } from './load/sweep.ts';
import { artifactPage } from './pages.ts';
import type { CallContext, ServiceHandlers } from './service-handlers.ts';

/** What artifacts are read with, and what bounds it. */
export interface ArtifactsServed {
  /** What the caller may read. @throws BatonError where the server has no artifacts. */
  readingOf(context: CallContext): Promise<ArtifactReading>;
  readonly budget: ContentBudget;
  /** Seconds for a content to be read, and one more for every 64 KiB. */
  readonly replySeconds: number;
}

export function createArtifactHandlers({
  readingOf,
  budget,
  replySeconds,
}: ArtifactsServed): ServiceHandlers<typeof ArtifactService> {
  return {
    listArtifacts: async (request, context) => {
      const reading = await readingOf(context);
      const page = await artifactPage(reading, listArtifacts.request.decode(request));
      return { $typeName: 'baton.v1.ListArtifactsResponse', ...page };
    },
    getArtifact: async (request, context) => {
      const reading = await readingOf(context);
      const artifact = await reading.getArtifact(getArtifact.request.decode(request));
      return {
        $typeName: 'baton.v1.GetArtifactResponse',
        artifact: getArtifact.view.encode(artifact),
      };
    },
    async *readArtifact(request, context) {
      const { signal } = context;
      const reading = await readingOf(context);
      const asked = readArtifact.request.decode(request);
      const { workflowId, number } = asked;
      const artifact = await reading.getArtifact({ workflowId, number });
      const bytes = artifact.size + artifact.compressedSize;
      const leave = await budget.enter(bytes, signal);
      const seconds = Math.round(replySeconds + artifact.size / SLOWEST_BYTES_A_SECOND);
      const pieces = held(reading.readArtifact(asked, signal), seconds, leave);
      try {
        for (let next = await pieces.next(); !next.done; next = await pieces.next()) {
          yield piece(next.value);
        }
      } finally {
        pieces.drop();
      }
    },
  };
}

/**
 * What is left of a content. A caller that reads nothing may never ask for the next piece: so what is held for it
 * is dropped from outside, and what it comes from closed.
 */
function held(pieces: AsyncIterable<Uint8Array>, seconds: number, leave: () => void) {
  let left: AsyncIterator<Uint8Array> | undefined = pieces[Symbol.asyncIterator]();
  const drop = () => {
    clearTimeout(timer);
    // Where it fails there is nothing to close any more.
    void left?.return?.().catch(() => undefined);
    left = undefined;
    leave();
  };
  const timer = setTimeout(drop, seconds * 1000).unref();
  return {
    drop,
    next(): Promise<IteratorResult<Uint8Array>> {
      if (left !== undefined) return left.next();
      const message = `the content was not read within ${seconds} s: ask for the rest`;
      throw new BatonError('deadline_exceeded', message);
    },
  };
}

/** A copy: a part of the content would keep all of it for as long as it waits to be sent. */
function piece(content: Uint8Array): ReadArtifactResponse {
  return {
    $typeName: 'baton.v1.ReadArtifactResponse',
    content: Uint8Array.from(content),
  };
}
