import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSealKey, type SealKey } from './seal-key.ts';

const GIVEN = 'a key that is kept in a safe place';

let folder: string;

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'baton-key-')), 'seals');
});

afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

function settled(given?: string): SealKey {
  const opened = openSealKey(folder, given);
  opened.settle();
  return opened;
}

it('makes a key once, for its owner alone', () => {
  const made = openSealKey(folder);
  expect(made.key).toHaveLength(32);
  expect(made.isNew).toBe(true);
  expect(openSealKey(folder)).toMatchObject({ key: made.key, isNew: true });
  made.settle();
  expect(openSealKey(folder)).toMatchObject({ key: made.key, isNew: false });
  expect(statSync(join(folder, 'key')).mode & 0o777).toBe(0o600);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

it('takes a key that is kept elsewhere, and leaves none in the folder', () => {
  const { key } = settled(GIVEN);
  expect(openSealKey(folder, GIVEN)).toMatchObject({ key, isNew: false });
  expect(readdirSync(folder)).toEqual(['key-id']);
});

it('refuses another key than the first', () => {
  settled(GIVEN);
  expect(() => openSealKey(folder, `${GIVEN}!`)).toThrow(
    expect.objectContaining({ code: 'invalid_input', message: expect.stringContaining('differs') }),
  );
});

it('refuses a short key', () => {
  expect(() => openSealKey(folder, 'short')).toThrow('found 5 characters; expected 32 or more');
});

it.each([
  ['is gone', (path: string) => rmSync(path)],
  ['has 7 bytes instead of 32', (path: string) => truncateSync(path, 7)],
])('makes no new key where the old one %s', (found, damage) => {
  settled();
  damage(join(folder, 'key'));
  expect(() => openSealKey(folder)).toThrow(
    expect.objectContaining({ code: 'data_loss', message: expect.stringContaining(found) }),
  );
});
