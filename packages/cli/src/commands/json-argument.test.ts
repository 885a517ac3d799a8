import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { readJsonArgument } from './json-argument.ts';

const cwd = mkdtempSync(join(tmpdir(), 'baton-json-'));
writeFileSync(join(cwd, 'a.json'), '{"from": "file"}');
const read = (argument: string, stdin = '') =>
  readJsonArgument('--result', argument, { cwd, stdin: Readable.from([stdin]) });

test('an object comes from the command line, from a file or from stdin', async () => {
  expect(await read('{"from": "argument"}')).toEqual({ from: 'argument' });
  expect(await read('@a.json')).toEqual({ from: 'file' });
  expect(await read('-', '{"from": "stdin"}')).toEqual({ from: 'stdin' });
});

test('what is no JSON is not quoted: a part of a secret would not be known as one', async () => {
  const refusal = await read('{"key": x7Kx2Lm9Pv4Rt6YZq8}').catch((reason: unknown) => reason);
  expect(String(refusal)).toMatch(/found what is not JSON: expected a value at line 1, column 9$/);
  expect(inspect(refusal)).not.toContain('x7Kx');
});

test.each([
  ['{', 'invalid_input'],
  ['[]', 'invalid_input'],
  ['@none.json', 'not_found'],
  ['@.', 'invalid_input'],
])('%s is refused, and the message names the option', async (argument, code) => {
  await expect(read(argument)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(/^--result: /),
  });
});
