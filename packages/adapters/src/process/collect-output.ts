import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { StringDecoder } from 'node:string_decoder';
import { stripVTControlCharacters } from 'node:util';
import type { Redact } from '@baton/core';
import { streamOf } from '@baton/core/internal';

/** Options for the output of a command. */
export interface OutputOptions {
  /** Bytes to keep of stdout and of stderr, half from the beginning, half from the end. Default 1 MiB. */
  readonly maxOutputBytes?: number | undefined;
  /** Called with each line of stderr as it arrives. */
  readonly onStderrLine?: ((line: string) => void) | undefined;
  /**
   * Masks secrets in all output before it is truncated, because a part of a secret is not recognized; also
   * removes colours and other control sequences. Default: output stays as it is.
   */
  readonly redact?: Redact | undefined;
  /**
   * Bytes kept of both together, in the order in which they arrived, half from the beginning, half from the
   * end. Default: 0, nothing is.
   */
  readonly maxCombinedBytes?: number | undefined;
  /** Keeps stdout as it is even so, for a program to read. Default false. */
  readonly rawStdout?: boolean | undefined;
}

export interface Output {
  /** Whether output was dropped. */
  readonly truncated: boolean;
  /** Bytes that were dropped. */
  readonly leftOut: { readonly stdout: number; readonly stderr: number };
  readonly stdout: string;
  readonly stderr: string;
  /** The end of both streams in the order of arrival; with `redact`, line by line. */
  readonly outputTail: string;
  /** The same from the beginning, as far as it was to be kept. */
  readonly combined: string;
  /**
   * SHA-256, in hex, of the SHA-256 of all of stdout followed by that of all of stderr, as they were written.
   */
  readonly outputDigest: string;
}

const DEFAULT_OUTPUT_BYTES = 1024 * 1024;
const TAIL_BYTES = 32 * 1024;

export interface CollectedOutput {
  /** Stops collecting and returns the output. */
  end(): Output;
}

/** Collects the output of a child process. */
export function collectOutput(
  child: Pick<ChildProcess, 'stdout' | 'stderr'>,
  { maxOutputBytes, maxCombinedBytes = 0, onStderrLine, redact, rawStdout = false }: OutputOptions,
): CollectedOutput {
  const max = maxOutputBytes ?? DEFAULT_OUTPUT_BYTES;
  const limits = halvesOf(max);
  const both = createBoundedOutput({ head: 0, tail: TAIL_BYTES });
  const combined = createBoundedOutput(halvesOf(maxCombinedBytes));
  const lines = createLineSplitter(onStderrLine ?? (() => {}));

  function collect(stream: ChildProcess['stdout'], isRaw: boolean, hear?: (text: string) => void) {
    const kept = createBoundedOutput(limits);
    const hash = createHash('sha256');
    const output = redact === undefined ? plainOutput() : maskedOutput(redact);

    function take(text: string): void {
      if (redact !== undefined) {
        const bytes = Buffer.from(text);
        both.add(bytes);
        if (maxCombinedBytes > 0) combined.add(bytes);
        if (!isRaw) kept.add(bytes);
      }
      hear?.(text);
    }

    stream?.on('data', (chunk: Buffer) => {
      hash.update(chunk);
      if (redact === undefined) both.add(chunk);
      if (redact === undefined && maxCombinedBytes > 0) combined.add(chunk);
      if (redact === undefined || isRaw) kept.add(chunk);
      if (redact !== undefined || hear !== undefined) take(output.add(chunk));
    });
    return {
      kept,
      end(): Buffer {
        take(output.end());
        return hash.digest();
      },
    };
  }

  const stdout = collect(child.stdout, rawStdout);
  const stderr = collect(child.stderr, false, lines.add);
  function end(): Output {
    const digests = [stdout, stderr].map((one) => one.end());
    lines.end();
    const leftOut = { stdout: stdout.kept.leftOut(), stderr: stderr.kept.leftOut() };
    return {
      leftOut,
      truncated: leftOut.stdout + leftOut.stderr > 0,
      stdout: stdout.kept.text(),
      stderr: stderr.kept.text(),
      outputTail: both.text(),
      combined: combined.text(),
      outputDigest: createHash('sha256').update(Buffer.concat(digests)).digest('hex'),
    };
  }

  return { end };
}

function halvesOf(max: number): OutputLimits {
  return { head: Math.ceil(max / 2), tail: Math.floor(max / 2) };
}

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

/** Longest line in characters. Longer lines are passed on in pieces, so that memory is bounded. */
const MAX_LINE = 8192;

interface LineSplitter {
  add(text: string): void;
  /** Passes on the text after the last newline. */
  end(): void;
}

/**
 * Splits streamed text into lines and drops empty ones. Errors of `onLine` are ignored: an observer must not
 * be able to end the command.
 */
function createLineSplitter(onLine: (line: string) => void): LineSplitter {
  let pending = '';

  function emit(line: string): void {
    if (line.trim() === '') return;
    try {
      onLine(line.replace(/\r$/, ''));
    } catch {
      // See above.
    }
  }

  return {
    add(text) {
      const lines = (pending + text).split('\n');
      pending = lines.pop() ?? '';
      for (const line of lines) emit(line);
      while (pending.length > MAX_LINE) {
        emit(pending.slice(0, MAX_LINE));
        pending = pending.slice(MAX_LINE);
      }
    },
    end() {
      emit(pending);
      pending = '';
    },
  };
}

/** A program's output as streamed text. */
interface TextOutput {
  add(chunk: Buffer): string;
  /** Returns the rest. */
  end(): string;
}

/** Decodes the output unchanged. */
function plainOutput(): TextOutput {
  const decoder = new StringDecoder('utf8');
  return { add: (chunk) => decoder.write(chunk), end: () => decoder.end() };
}

/** Longest control sequence to wait for, in characters. */
const LONGEST_CONTROL = 256;
/** An unfinished control sequence that begins with `ESC [`, `ESC ]` or `ESC`. */
const OPEN_CONTROL =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern searches for them.
  /(?:(?:\u001b\[|\u009b)[0-?]*[ -/]*|\u001b\][^\u0007\u001b\u009c]*\u001b?|\u001b[ -/]*)$/;

/**
 * Masks secrets and removes colours and other control sequences: inside a secret they would hide it, and a
 * later reader that strips them would restore it.
 */
function maskedOutput(redact: Redact): TextOutput {
  const { add: decode, end: decodeRest } = plainOutput();
  const stream = streamOf(redact);
  let pending = '';

  return {
    add(chunk) {
      const text = pending + decode(chunk);
      const from = Math.max(0, text.length - LONGEST_CONTROL);
      const open = text.slice(from).search(OPEN_CONTROL);
      const whole = open === -1 ? text.length : from + open;
      pending = text.slice(whole);
      return stream.add(stripVTControlCharacters(text.slice(0, whole)));
    },
    end: () => stream.end(stripVTControlCharacters(pending + decodeRest())),
  };
}
