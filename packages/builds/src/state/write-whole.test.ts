import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { writeWhole } from './write-whole.ts';

const WRITE_WHOLE = new URL('write-whole.ts', import.meta.url).href;
const READS = 5000;
/** Milliseconds after which the writer and its reader give up: no timeout of a test ends such loops. */
const MOST_MS = 20_000;

test('a reader gets the old text or the new one, never a part', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'baton-whole-')), 'file');
  writeWhole(path, 'old');
  const code = `
    import { writeWhole } from ${JSON.stringify(WRITE_WHOLE)};
    for (const until = Date.now() + ${MOST_MS}; Date.now() < until; )
      for (const text of ['new', 'old']) writeWhole(${JSON.stringify(path)}, text);
  `;
  const writer = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', code], {
    stdio: 'ignore',
  });
  onTestFinished(() => void writer.kill('SIGKILL'));
  const until = Date.now() + MOST_MS;
  while (readFileSync(path, 'utf8') !== 'new' && Date.now() < until);
  const seen = new Set(Array.from({ length: READS }, () => readFileSync(path, 'utf8')));
  expect([...seen].sort()).toEqual(['new', 'old']);
});
