import { createHash } from 'node:crypto';
import { BatonError } from '@baton/core';
import { compress, damaged, decompress, digestOf, type FullRange, piecesOf } from '../packing.ts';

/*
 * Content as frames of zstd, each of a mebibyte (the last of what is left), so that a part of it can be read and
 * checked without the rest. Before them is a table: for each frame its length (4 bytes, little-endian) and the
 * SHA-256 of what is in it (32 bytes). The table is in a skippable frame (RFC 8878, 3.1.2), so that `zstd -d`
 * reads the whole object.
 */

const FRAME_BYTES = 1024 * 1024;
const SKIPPABLE_FRAME = 0x184d2a50;
const HEAD_BYTES = 8;
const ROW_BYTES = 36;
/** How often a frame is asked for: a server also ends the connection of who reads too slowly. */
const MOST_TRIES = 3;

/** What is known of content before it is read. */
export interface Framed {
  readonly digest: string;
  /** Bytes of the content. */
  readonly size: number;
  /** Bytes as stored. */
  readonly compressedSize: number;
}

interface Frame {
  readonly from: number;
  readonly to: number;
  readonly digest: string;
}

/** Fetches bytes of the object: all of it without a range. */
export type Fetch = (range?: FullRange) => Promise<AsyncIterable<Uint8Array>>;

export async function packFramed(content: Uint8Array): Promise<Uint8Array> {
  const frames: Uint8Array[] = [];
  const table = Buffer.alloc(tableBytes(content.length));
  table.writeUInt32LE(SKIPPABLE_FRAME, 0);
  table.writeUInt32LE(table.length - HEAD_BYTES, 4);
  for (let at = 0; at < content.length; at += FRAME_BYTES) {
    const part = content.subarray(at, at + FRAME_BYTES);
    const frame = await compress(part);
    const row = HEAD_BYTES + frames.length * ROW_BYTES;
    table.writeUInt32LE(frame.length, row);
    table.write(await digestOf(part), row + 4, 'hex');
    frames.push(frame);
  }
  return Buffer.concat([table, ...frames]);
}

/**
 * Reads a range of content; what is in no frame of the range is not fetched.
 *
 * @param name of the store, for errors.
 * @throws BatonError `data_loss`; what `fetch` throws.
 */
export async function* readFramed(
  content: Framed,
  { from, to }: FullRange,
  fetch: Fetch,
  name: string,
): AsyncGenerator<Uint8Array> {
  const end = Math.min(to, content.size);
  if (from >= end && content.size > 0) return;
  const first = Math.floor(from / FRAME_BYTES);
  const last = Math.ceil(end / FRAME_BYTES);
  const count = Math.ceil(content.size / FRAME_BYTES);
  const isWhole = count === 0 || (first === 0 && last === count);
  const head = tableBytes(content.size);
  // All of it comes by one request, a part by two.
  let bytes = reader(await fetch(isWhole ? undefined : { from: 0, to: head }));
  const bad = (why: string): BatonError => damaged(content.digest, name, why);
  try {
    const frames = framesOf(await bytes.take(head), content, bad).slice(first, last);
    if (!isWhole) {
      await bytes.close();
      bytes = reader(await fetch({ from: frames[0]?.from ?? 0, to: frames.at(-1)?.to ?? 0 }));
    }
    const whole = isWhole ? createHash('sha256') : undefined;
    const all = frames.at(-1)?.to ?? 0;
    const next = async (frame: Frame): Promise<Buffer> => {
      for (let tries = 1; ; tries++) {
        try {
          return await bytes.take(frame.to - frame.from);
        } catch (reason) {
          if (tries === MOST_TRIES || !BatonError.from(reason).retryable) throw reason;
          bytes = reader(await fetch({ from: frame.from, to: all }));
        }
      }
    };
    for (const [i, frame] of frames.entries()) {
      const part = await unpack(await next(frame), frame, bad);
      whole?.update(part);
      const start = (first + i) * FRAME_BYTES;
      if (i === frames.length - 1) {
        const found = whole?.digest('hex') ?? content.digest;
        if (found !== content.digest) throw bad('its digest is another');
      }
      yield* piecesOf(part, { from: Math.max(0, from - start), to: end - start });
    }
  } finally {
    await bytes.close();
  }
}

function tableBytes(size: number): number {
  return HEAD_BYTES + Math.ceil(size / FRAME_BYTES) * ROW_BYTES;
}

function framesOf(
  table: Buffer,
  { size, compressedSize }: Framed,
  bad: (why: string) => BatonError,
): readonly Frame[] {
  const isTable =
    table.length === tableBytes(size) &&
    table.readUInt32LE(0) === SKIPPABLE_FRAME &&
    table.readUInt32LE(4) === table.length - HEAD_BYTES;
  if (!isTable) throw bad('it does not begin with a table of its frames');
  const frames: Frame[] = [];
  let at = table.length;
  for (let row = HEAD_BYTES; row < table.length; row += ROW_BYTES) {
    const from = at;
    at += table.readUInt32LE(row);
    frames.push({ from, to: at, digest: table.toString('hex', row + 4, row + ROW_BYTES) });
  }
  if (at === compressedSize) return frames;
  throw bad(`its frames end at ${at}, expected ${compressedSize}`);
}

async function unpack(
  packed: Buffer,
  { from, to, digest }: Frame,
  bad: (why: string) => BatonError,
): Promise<Uint8Array> {
  if (packed.length < to - from) throw bad('its end is missing');
  let part: Uint8Array;
  try {
    part = await decompress(packed, { maxOutputLength: FRAME_BYTES });
  } catch (reason) {
    throw bad(BatonError.from(reason).message);
  }
  if ((await digestOf(part)) !== digest) throw bad('its digest is another');
  return part;
}

/** Takes bytes of a stream by number. */
function reader(chunks: AsyncIterable<Uint8Array>) {
  const source = chunks[Symbol.asyncIterator]();
  let held: Uint8Array[] = [];
  let length = 0;
  return {
    /** The next bytes; fewer where the stream ends. */
    async take(count: number): Promise<Buffer> {
      while (length < count) {
        const { done, value } = await source.next();
        if (done) break;
        held.push(value);
        length += value.length;
      }
      const all = Buffer.concat(held);
      held = [all.subarray(count)];
      length = Math.max(0, all.length - count);
      return all.subarray(0, count);
    },
    async close(): Promise<void> {
      await source.return?.();
    },
  };
}
