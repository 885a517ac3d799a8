import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { createProject, TIMEOUT } from './harness.ts';

const MAIN = join(import.meta.dirname, '../../packages/cli/src/main.ts');

it('a build runs from the sources as they are, too', TIMEOUT, async () => {
  const { options } = createProject();
  const argv = ['--conditions=baton-source', MAIN, 'run', 'Greet', ...options];
  const { stdout } = await promisify(execFile)(process.execPath, argv);
  expect(stdout).toContain('is complete');
});
