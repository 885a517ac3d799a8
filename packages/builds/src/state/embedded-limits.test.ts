import { expect, test } from 'vitest';
import { limitsFrom } from './open-embedded.ts';

test('what the environment leaves out, or leaves empty, is left out', async () => {
  expect(await limitsFrom({})).toEqual({});
  expect(await limitsFrom({ WORKFLOW_TIMEOUT: '', WORKFLOW_MAX_RETRIES: '0' })).toEqual({
    maxRetries: 0,
  });
  expect(await limitsFrom({ WORKFLOW_TIMEOUT: '60' })).toEqual({ timeoutMs: 60_000 });
});

test.each([
  [{ WORKFLOW_TIMEOUT: '1.5' }, 'seconds, 1 to 31622400'],
  [{ WORKFLOW_TIMEOUT: '99999999999' }, 'seconds, 1 to 31622400'],
  [{ WORKFLOW_MAX_RETRIES: '-1' }, 'a number, 0 to 1000'],
])('%j is refused as the server refuses it', async (env, expected) => {
  await expect(limitsFrom(env)).rejects.toMatchObject({
    code: 'invalid_input',
    message: expect.stringContaining(expected),
  });
});
