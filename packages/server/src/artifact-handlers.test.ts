import type { Artifact } from '@baton/core';
import type { ArtifactReading } from '@baton/core/api';
import type { ReadArtifactRequest } from '@baton/proto';
import { describe, expect, it, vi } from 'vitest';
import { createArtifactHandlers } from './artifact-handlers.ts';
import { createContentBudget } from './load/content-budget.ts';

const CONTENT = Buffer.from('0123456789');
const request: ReadArtifactRequest = {
  $typeName: 'baton.v1.ReadArtifactRequest',
  workflowId: 'wf_1',
  number: 1,
};
const reading: ArtifactReading = {
  listArtifacts: async () => ({ artifacts: [], nextPageToken: undefined }),
  getArtifact: async () => ({ size: 10, compressedSize: 0 }) as Artifact,
  async *readArtifact() {
    yield CONTENT.subarray(0, 5);
    yield CONTENT.subarray(5);
  },
};
const never = { signal: new AbortController().signal, credentials: undefined };

async function drain(pieces: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of pieces);
}

describe('a content that is read', () => {
  it('gives back its room when it was read, when its caller has left, and when it fails', async () => {
    const budget = createContentBudget(10);
    const failing = {
      ...reading,
      async *readArtifact() {
        yield CONTENT;
        throw new Error('the disk is gone');
      },
    };
    const read = (from: ArtifactReading) =>
      createArtifactHandlers({ readingOf: async () => from, budget, replySeconds: 1 }).readArtifact(
        request,
        never,
      );
    const pieces: Uint8Array[] = [];
    for await (const { content } of read(reading)) pieces.push(content);
    expect(Buffer.concat(pieces).equals(CONTENT)).toBe(true);
    for await (const _ of read(reading)) break;
    await expect(drain(read(failing))).rejects.toThrow('the disk is gone');
    await budget.enter(10, never.signal);
  });

  it('is dropped when its caller takes too long for a piece, and its room given to others', async () => {
    vi.useFakeTimers();
    try {
      const budget = createContentBudget(10);
      const { readArtifact } = createArtifactHandlers({
        readingOf: async () => reading,
        budget,
        replySeconds: 1,
      });
      const slow = readArtifact(request, never)[Symbol.asyncIterator]();
      expect((await slow.next()).done).toBe(false);
      const other = budget.enter(10, never.signal);
      await vi.advanceTimersByTimeAsync(1000);
      await other;
      await expect(slow.next()).rejects.toMatchObject({
        code: 'deadline_exceeded',
        message: 'the content was not read within 1 s: ask for the rest',
      });
    } finally {
      vi.useRealTimers();
    }
  });

  it('closes what it comes from when its caller has left or takes too long', async () => {
    vi.useFakeTimers();
    try {
      let closed = 0;
      const closing: ArtifactReading = {
        ...reading,
        async *readArtifact() {
          try {
            yield* [CONTENT, CONTENT];
          } finally {
            closed++;
          }
        },
      };
      const budget = createContentBudget(10);
      const { readArtifact } = createArtifactHandlers({
        readingOf: async () => closing,
        budget,
        replySeconds: 1,
      });
      for await (const _ of readArtifact(request, never)) break;
      await vi.advanceTimersByTimeAsync(0);
      expect(closed).toBe(1);
      await readArtifact(request, never)[Symbol.asyncIterator]().next();
      await vi.advanceTimersByTimeAsync(1000);
      expect(closed).toBe(2);
    } finally {
      vi.useRealTimers();
    }
  });

  it('comes in pieces that keep nothing else of it', async () => {
    const budget = createContentBudget(10);
    const { readArtifact } = createArtifactHandlers({
      readingOf: async () => reading,
      budget,
      replySeconds: 1,
    });
    for await (const { content } of readArtifact(request, never)) {
      expect(content.buffer.byteLength).toBe(5);
    }
  });
});
