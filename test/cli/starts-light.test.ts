import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createProject, start } from './harness.ts';

/** Node's modules that servers and clients load, and few commands need. */
const HEAVY = ['http', 'https', 'http2', 'tls', 'dns/promises', 'internal/deps/undici/undici'];

test.each([
  ['list', '--json'],
  ['status', 'wf_0'],
  ['run', '--no-such-option'],
])('`baton %s %s` loads no server and no client', async (...args) => {
  const { repo, folder } = createProject();
  const told = join(folder, 'loaded.cjs');
  writeFileSync(
    told,
    `process.on('exit', () => require('node:fs').writeSync(2, '\\nLOADED ' + process.moduleLoadList.join('|') + '|'));`,
  );
  const env = { NODE_OPTIONS: `--require ${told}` };
  const { stderr } = await start(args, { cwd: repo, env }).ended;
  const loaded = stderr.slice(stderr.lastIndexOf('LOADED '));
  expect(loaded).toContain('NativeModule sqlite|');
  expect(HEAVY.filter((name) => loaded.includes(`NativeModule ${name}|`))).toEqual([]);
});
