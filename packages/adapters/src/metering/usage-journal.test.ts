import fs, { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { BatonError, type Usage } from '@baton/core';
import { NO_USAGE } from '@baton/core/internal';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { createLedger } from './ledger.ts';
import { openUsageJournal, readUsageJournal, usageOfCalls } from './usage-journal.ts';

const MODEL = { provider: 'anthropic', model: 'm', price: { input: 1, output: 10 } } as const;
const signal = new AbortController().signal;

function opened() {
  const path = join(temporaryFolder(), 'build', '1.jsonl');
  return { path, journal: openUsageJournal(path) };
}

const used = (inputTokens: number, outputTokens: number): Usage => ({
  ...NO_USAGE,
  requests: 1,
  inputTokens,
  outputTokens,
});

describe('a journal', () => {
  it('has what a call may use before it is made, and its end before that is reported', async () => {
    const { path, journal } = opened();
    const read: unknown[] = [];
    const report = () => void read.push(readUsageJournal(path));
    const ledger = createLedger({ allowance: { tokens: 5000 }, report, journal });
    const reservation = await ledger.reserve(MODEL, 1000, 2000, signal);
    const most = { ...used(1000, 2000), cost: (1000 * 1.25 + 2000 * 10) / 1e6 };
    expect(readUsageJournal(path)).toEqual([{ model: 'anthropic:m', most }]);
    const end = { usage: used(900, 80), estimated: false, status: 200, requestId: 'r' };
    reservation.settle(end);
    reservation.settle({ usage: used(1, 1), estimated: true });
    expect(read).toEqual([[{ model: 'anthropic:m', most, end }]]);
  });

  it('sums up what was used, and all that was set aside for calls without an end', async () => {
    const { path, journal } = opened();
    const first = await journal.reserve('a:m', used(10, 20));
    await journal.reserve('a:m', used(100, 200));
    journal.settle(first, { usage: used(1, 2), estimated: false });
    expect(usageOfCalls(readUsageJournal(path))).toEqual({
      ...NO_USAGE,
      ...{ requests: 2, inputTokens: 101, outputTokens: 202 },
    });
  });

  it('is never one that is there already', () => {
    const { path } = opened();
    expect(() => openUsageJournal(path)).toThrow('EEXIST');
  });

  it('that cannot be written keeps calls from being made, and reservations from staying open', async () => {
    const { path, journal } = opened();
    const ledger = createLedger({ allowance: {}, report: () => {}, journal });
    const first = await ledger.reserve(MODEL, 1, 1, signal);
    const { writeSync } = fs;
    // As on a disk that is full.
    fs.writeSync = (fd: number, text: unknown) => writeSync(fd, String(text).slice(0, 10));
    syncBuiltinESMExports();
    onTestFinished(() => {
      fs.writeSync = writeSync;
      syncBuiltinESMExports();
    });
    first.settle({ usage: used(1, 1), estimated: false });
    for (let nth = 0; nth < 2; nth++) {
      const error = BatonError.from(await ledger.reserve(MODEL, 1, 1, signal).catch((one) => one));
      expect(error).toMatchObject({ code: 'unavailable', retryable: true });
      expect(error.message).toBe(`no model is asked: ${path} cannot be written: the disk is full`);
    }
    expect(ledger.state()).toMatchObject({
      settled: { requests: 1 },
      reserved: { tokens: 0, cost: 0 },
    });
    // The first call goes on to count by what was set aside.
    expect(readUsageJournal(path)).toMatchObject([{ most: { outputTokens: 1 } }]);
  });

  it('takes nothing more when it is closed', async () => {
    const { path, journal } = opened();
    const call = await journal.reserve('a:m', used(1, 1));
    journal.close();
    journal.close();
    journal.settle(call, { usage: used(1, 1), estimated: false });
    expect(readUsageJournal(path)[0]?.end).toBeUndefined();
  });
});

describe('reading', () => {
  it('leaves out a part of a line at the end', async () => {
    const { path, journal } = opened();
    await journal.reserve('a:m', used(1, 1));
    appendFileSync(path, '{"call":2,"mod');
    expect(readUsageJournal(path)).toHaveLength(1);
  });

  it.each([
    ['{', '1.jsonl:1: it is no JSON'],
    ['{"call":1}', '1.jsonl:1: '],
    [
      `{"call":1,"estimated":false,"usage":${JSON.stringify(NO_USAGE)}}`,
      'a call ends that never began',
    ],
  ])('refuses what it cannot read: %s', (text, why) => {
    const { path } = opened();
    appendFileSync(path, `${text}\n`);
    expect(() => readUsageJournal(path)).toThrow(why);
    expect(existsSync(path) && readFileSync(path, 'utf8')).toContain(text);
  });
});
