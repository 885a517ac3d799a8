import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRunLock } from './run-lock.ts';

test('one holder at a time, who says who it is', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'baton-lock-')), 'wf.lock');
  const [one, other] = [createRunLock(path), createRunLock(path)];
  expect(one.tryAcquire()).toBe(true);
  expect(one.tryAcquire()).toBe(true);
  expect(other.tryAcquire()).toBe(false);
  expect(other.holder()).toContain(`process ${process.pid} on `);
  one.release();
  expect(other.tryAcquire()).toBe(true);
  other.release();
});
