import { expect, test } from 'vitest';
import { createSerialize } from './lock.ts';

test('tasks of one key run one after another, also after a failure; other keys do not wait', async () => {
  const serialize = createSerialize();
  const seen: string[] = [];
  const gate = Promise.withResolvers<void>();
  const failing = serialize('a', async () => {
    await gate.promise;
    seen.push('first of a');
    throw new Error('failed');
  });
  const second = serialize('a', async () => seen.push('second of a'));
  await serialize('b', async () => seen.push('b'));
  gate.resolve();
  await expect(failing).rejects.toThrow('failed');
  await second;
  expect(seen).toEqual(['b', 'first of a', 'second of a']);
});
