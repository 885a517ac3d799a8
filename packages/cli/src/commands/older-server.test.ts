import { BatonError } from '@baton/core';
import { expect, it } from 'vitest';
import { unlessOlder } from './older-server.ts';

it('does without what an older server does not know, and keeps every other error', async () => {
  const notes: string[] = [];
  const terminal = { note: (text: string) => void notes.push(text) };
  const metadata = { unknownMethod: 'GetWorkflow' };
  const older = new BatonError('unavailable', 'does not know GetWorkflow', { metadata });
  expect(await unlessOlder(Promise.resolve(7), 'it', terminal)).toBe(7);
  expect(notes).toEqual([]);
  expect(await unlessOlder(Promise.reject(older), 'it', terminal)).toBeUndefined();
  expect(notes).toEqual([expect.stringContaining('does not know GetWorkflow')]);
  const away = new BatonError('unavailable', 'cannot be reached');
  await expect(unlessOlder(Promise.reject(away), 'it', terminal)).rejects.toBe(away);
});
