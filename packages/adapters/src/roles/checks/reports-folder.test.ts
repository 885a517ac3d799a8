import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { shownFor, withReportsFolder } from './reports-folder.ts';

const NAME = 'd'.repeat(200);
/** Creates nested folders, too deep for a path to reach the innermost one. */
const DEEP = `cd "$0"; for i in $(seq 30); do mkdir ${NAME}; cd -P ${NAME}; done; echo x > f`;

it.each<readonly [string, (folder: string) => void]>([
  ['too deep', (folder) => void execFileSync('sh', ['-c', DEEP, folder])],
  [
    'read-only',
    (folder) => {
      mkdirSync(join(folder, 'a'));
      writeFileSync(join(folder, 'a/b'), '');
      chmodSync(join(folder, 'a'), 0o555);
    },
  ],
])('what a command left %s among its reports goes, and fails nothing', async (_, leave) => {
  const folder = await withReportsFolder(async (reports) => {
    leave(reports);
    return reports;
  });
  expect(existsSync(folder)).toBe(false);
});

it('a command may remove the folder for its reports and make it anew', async () => {
  await withReportsFolder(async (reports) => {
    rmSync(reports, { recursive: true });
    mkdirSync(reports);
    expect(existsSync(shownFor(reports))).toBe(true);
  });
});
