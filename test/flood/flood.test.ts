import { describe, expect, it } from 'vitest';
import { run } from './run.ts';
import { faults } from './verdict.ts';

const SEED = 7;

describe('a flood', () => {
  it.each(['rapid reset', 'window 0', 'never read', 'CONTINUATION'])(
    '(%s) leaves the server within its memory, and a client beside it served',
    async (only) => {
      const rows = await run({ seed: SEED, seconds: 1, only, isTls: [false], withTimes: false });
      expect(rows.length).toBeGreaterThan(0);
      expect(rows.flatMap((row) => faults(row, { withTimes: false }))).toEqual([]);
    },
  );
});
