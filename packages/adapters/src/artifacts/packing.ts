import { webcrypto } from 'node:crypto';
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import { BatonError } from '@baton/core';

const MIB = 1024 * 1024;
export const MOST_ARTIFACT_BYTES = 256 * MIB;
/** Beyond the limit there is the line that says what is missing. */
export const LINE_BYTES = 1024;
const MOST_STORED_BYTES = MOST_ARTIFACT_BYTES + 2 * LINE_BYTES;
const PIECE_BYTES = 64 * 1024;

export const compress = promisify(zstdCompress);
export const decompress = promisify(zstdDecompress);

/** Bytes `from` up to, and without, `to`, which may lie beyond the end. */
export interface FullRange {
  readonly from: number;
  readonly to: number;
}

/** How a backend stores content, and how it reads a part of it. */
export interface Packing {
  /** Compresses content for `keep`. */
  pack(content: Uint8Array): Promise<Uint8Array>;
  /**
   * The pieces of a range, each checked before it is given out; undefined where there is no such content.
   *
   * @throws BatonError `data_loss`, also while it is iterated.
   */
  read(
    workflowId: string,
    digest: string,
    range: FullRange,
  ): Promise<AsyncIterable<Uint8Array> | undefined>;
}

/**
 * Content that is stored and checked as a whole, whatever part of it is read.
 *
 * @param name of the backend, for errors.
 */
export function inOnePiece(
  name: string,
  stored: (workflowId: string, digest: string) => Promise<Uint8Array | undefined>,
): Packing {
  return {
    pack: compress,
    async read(workflowId, digest, range) {
      const packed = await stored(workflowId, digest);
      if (packed === undefined) return undefined;
      return piecesOf(await unpacked(packed, digest, name), range);
    },
  };
}

/** The bytes of a range in pieces that a caller can pass on one by one. */
export async function* piecesOf(
  content: Uint8Array,
  { from, to }: FullRange,
): AsyncGenerator<Uint8Array> {
  const end = Math.min(to, content.length);
  for (let at = from; at < end; at += PIECE_BYTES) {
    yield content.subarray(at, Math.min(at + PIECE_BYTES, end));
  }
}

/** SHA-256, hex. On a thread of its own: a large one takes longer than the event loop may. */
export async function digestOf(content: Uint8Array): Promise<string> {
  return Buffer.from(
    await webcrypto.subtle.digest('SHA-256', content as Uint8Array<ArrayBuffer>),
  ).toString('hex');
}

export function damaged(digest: string, name: string, why: string): BatonError {
  return new BatonError('data_loss', `the artifact ${digest} in ${name} is damaged: ${why}`);
}

async function unpacked(stored: Uint8Array, digest: string, name: string): Promise<Uint8Array> {
  let content: Uint8Array;
  try {
    content = await decompress(stored, { maxOutputLength: MOST_STORED_BYTES });
  } catch (reason) {
    throw damaged(digest, name, BatonError.from(reason).message);
  }
  if ((await digestOf(content)) !== digest) throw damaged(digest, name, 'its digest is another');
  return content;
}
