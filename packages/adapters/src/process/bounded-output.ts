/** Keeps the head and the tail of a stream in bounded memory. */
export interface BoundedOutput {
  add(chunk: Buffer): void;
  /** Bytes between head and tail that were dropped. */
  leftOut(): number;
  /** What was kept, with a line that says how much is missing where something is. */
  bytes(): Buffer;
  /** The same as text. */
  text(): string;
}

export interface OutputLimits {
  /** Bytes to keep from the beginning. */
  readonly head: number;
  /** Bytes to keep from the end. */
  readonly tail: number;
}

export function createBoundedOutput(limits: OutputLimits): BoundedOutput {
  const head: Buffer[] = [];
  let headBytes = 0;
  let tail: Buffer[] = [];
  let tailBytes = 0;
  let dropped = 0;

  function shorten(): void {
    const excess = tailBytes - limits.tail;
    if (excess <= 0) return;
    // Copy: a view would keep the original chunks in memory.
    tail = [Buffer.from(Buffer.concat(tail).subarray(excess))];
    tailBytes = limits.tail;
    dropped += excess;
  }

  function bytes(): Buffer {
    shorten();
    if (dropped === 0) return Buffer.concat([...head, ...tail]);
    const start = wholeCharacters(Buffer.concat(head));
    const end = afterCutCharacter(Buffer.concat(tail));
    return Buffer.concat([start, Buffer.from(`\n[... ${dropped} bytes left out ...]\n`), end]);
  }

  return {
    add(chunk) {
      const toHead = chunk.subarray(0, limits.head - headBytes);
      if (toHead.length > 0) head.push(toHead);
      headBytes += toHead.length;
      const rest = chunk.subarray(toHead.length);
      if (rest.length === 0) return;
      tail.push(rest);
      tailBytes += rest.length;
      // Shorten only at double the size, so that the cost per byte stays constant.
      if (tailBytes > 2 * limits.tail) shorten();
    },
    leftOut: () => dropped + Math.max(0, tailBytes - limits.tail),
    bytes,
    text: () => bytes().toString('utf8'),
  };
}

/** Without the character that the cut at the end went through. */
function wholeCharacters(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? bytes.subarray(0, -back) : bytes;
  }
  return bytes;
}

/** Without the rest of a character that the cut at the beginning went through. */
function afterCutCharacter(bytes: Buffer): Buffer {
  let start = 0;
  while (start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return bytes.subarray(start);
}
