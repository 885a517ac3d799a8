/** Keeps the head and the tail of a stream in bounded memory. */
export interface BoundedOutput {
  add(chunk: Buffer): void;
  /** Bytes between head and tail that were dropped. */
  leftOut(): number;
  /** The kept text, with a line that says how much is missing, if any. */
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
    text() {
      shorten();
      if (dropped === 0) return Buffer.concat([...head, ...tail]).toString('utf8');
      const start = wholeCharacters(Buffer.concat(head));
      const end = afterCutCharacter(Buffer.concat(tail));
      return `${start}\n[... ${dropped} bytes left out ...]\n${end}`;
    },
  };
}

/** Decodes without the character that was cut at the end. */
function wholeCharacters(bytes: Buffer): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: true });
}

/** Decodes without the rest of a character that was cut at the beginning. */
function afterCutCharacter(bytes: Buffer): string {
  let start = 0;
  while (start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return bytes.toString('utf8', start);
}
