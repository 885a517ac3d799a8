import { closeSync, fdatasync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { BatonError, type Usage } from '@baton/core';
import { addUsage, NO_USAGE, usageSchema } from '@baton/core/internal';
import { z } from 'zod';

/*
 * Invariants
 * 1. What a call may use is on the disk before its provider is asked.
 * 2. What it used is with the operating system before the end of its answer goes on: a process that is killed
 *    loses none of it. A machine that loses power may lose it; then what was set aside counts.
 * 3. A call has one line when it is set aside, and at most one when it is settled.
 */

/** How a call ended. */
export interface CallEnd {
  readonly usage: Usage;
  /** Whether `usage` is no count of the provider's, in whole or in part. */
  readonly estimated: boolean;
  /** HTTP status of the answer; absent: there was none. */
  readonly status?: number | undefined;
  /** The provider's name for the call; absent: it gave none. */
  readonly requestId?: string | undefined;
  /** An error stood within the answer, behind a status of success. */
  readonly failed?: true | undefined;
}

/** Keeps on disk what the model calls of one attempt may use and have used, so that a kill loses no count. */
export interface UsageJournal {
  /**
   * Resolves with the number of the call when its line is on the disk.
   *
   * @param most what the call may use at most, by its estimate.
   * @throws BatonError `unavailable` (retryable) when it cannot be written.
   */
  reserve(model: string, most: Usage): Promise<number>;
  /** Never throws: where it cannot write, what was set aside goes on to count, and `reserve` refuses. */
  settle(call: number, end: CallEnd): void;
  close(): void;
}

/** A call as the journal has it. */
export interface JournaledCall {
  readonly model: string;
  readonly most: Usage;
  /** Absent: the process ended before. */
  readonly end?: CallEnd | undefined;
}

const callEnd = z.strictObject({
  usage: usageSchema,
  estimated: z.boolean(),
  status: z.int().optional(),
  requestId: z.string().optional(),
  failed: z.literal(true).optional(),
});
const line = z.union([
  z.strictObject({ call: z.int(), model: z.string(), most: usageSchema }),
  callEnd.extend({ call: z.int() }),
]);
const REQUEST_ID_CHARACTERS = 200;
const syncData = promisify(fdatasync);

/**
 * Creates the journal of one attempt, and its folder.
 *
 * @param path of a file that does not exist.
 * @throws the file system's error when it cannot be created.
 * @example
 * import { openUsageJournal } from '@baton/adapters/gateway';
 * const journal = openUsageJournal('/var/lib/baton/attempt-1.jsonl');
 */
export function openUsageJournal(path: string): UsageJournal {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const fd = openSync(path, 'ax', 0o600);
  let calls = 0;
  let broken: unknown;
  let isClosed = false;

  /** Writes nothing more behind a part of a line. */
  function write(entry: object): void {
    if (broken !== undefined || isClosed) return;
    const text = `${JSON.stringify(entry)}\n`;
    try {
      if (writeSync(fd, text) < Buffer.byteLength(text)) throw new Error('the disk is full');
    } catch (reason) {
      broken = reason;
    }
  }

  return {
    async reserve(model, most) {
      calls += 1;
      const call = calls;
      write({ call, model, most });
      if (broken === undefined) {
        await syncData(fd).catch((reason: unknown) => {
          broken = reason;
        });
      }
      if (broken === undefined) return call;
      const why = BatonError.from(broken).message;
      throw new BatonError('unavailable', `no model is asked: ${path} cannot be written: ${why}`);
    },
    settle(call, { requestId, ...end }) {
      const id = requestId?.slice(0, REQUEST_ID_CHARACTERS);
      write({ call, ...end, ...(id && { requestId: id }) });
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      closeSync(fd);
    },
  };
}

/**
 * The calls in a journal, in their order. The part of a line at the end, which a lost power supply may leave,
 * is left out.
 *
 * @throws BatonError `data_loss` for a file that cannot be read.
 */
export function readUsageJournal(path: string): readonly JournaledCall[] {
  const calls = new Map<number, JournaledCall>();
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  for (const [index, text] of lines.entries()) {
    const found = parse(path, index + 1, text);
    const known = calls.get(found.call);
    if ('most' in found) calls.set(found.call, { model: found.model, most: found.most });
    else if (known === undefined) throw unreadable(path, index + 1, 'a call ends that never began');
    else calls.set(found.call, { ...known, end: endOf(found) });
  }
  return [...calls.values()];
}

/** What calls used, together: of those without an end, all that was set aside. */
export function usageOfCalls(calls: readonly JournaledCall[]): Usage {
  return calls.reduce((sum, { most, end }) => addUsage(sum, end?.usage ?? most), NO_USAGE);
}

function endOf({ call: _, ...end }: CallEnd & { readonly call: number }): CallEnd {
  return end;
}

function parse(path: string, number: number, text: string) {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unreadable(path, number, 'it is no JSON');
  }
  const parsed = line.safeParse(value);
  if (!parsed.success) throw unreadable(path, number, parsed.error.issues[0]?.message ?? '');
  return parsed.data;
}

function unreadable(path: string, number: number, problem: string): BatonError {
  return new BatonError('data_loss', `${path}:${number}: ${problem}`);
}
