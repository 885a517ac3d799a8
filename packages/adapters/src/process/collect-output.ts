import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import type { Redact } from '@baton/core';
import { createBoundedOutput, type OutputLimits } from './bounded-output.ts';
import { createLineSplitter } from './line-splitter.ts';
import { maskedOutput, plainOutput } from './text-output.ts';

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
  /** Bytes received so far. */
  bytes(): number;
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
  let bytes = 0;

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
      bytes += chunk.length;
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

  return { bytes: () => bytes, end };
}

function halvesOf(max: number): OutputLimits {
  return { head: Math.ceil(max / 2), tail: Math.floor(max / 2) };
}
