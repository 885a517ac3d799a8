import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { readReport } from './read-report.ts';

const read = (path: string) => readReport(path, (text) => text);
const none = (problem: string) => ({ kind: 'none', problem });

it('a report that is there is read, by way of a link, too', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'report'), 'text');
  symlinkSync('report', join(folder, 'latest'));
  expect(await read(join(folder, 'report'))).toEqual({ kind: 'read', report: 'text' });
  expect(await read(join(folder, 'latest'))).toEqual({ kind: 'read', report: 'text' });
});

it('what is no regular file is refused at once: a FIFO, a device, a folder, a link to one', async () => {
  const folder = temporaryFolder();
  const [fifo, device, inside] = ['fifo', 'device', 'inside'].map((name) => join(folder, name));
  execFileSync('sh', ['-c', 'mkfifo "$0"', fifo as string]);
  symlinkSync('/dev/zero', device as string);
  mkdirSync(inside as string);
  for (const path of [fifo, device, inside] as string[]) {
    expect(await read(path)).toEqual(none('it is no regular file'));
  }
});

it('a report that is missing or cannot be opened says which of both', async () => {
  const folder = temporaryFolder();
  symlinkSync('itself', join(folder, 'itself'));
  expect(await read(join(folder, 'none'))).toEqual(none('it was not written'));
  expect(await read(join(folder, 'itself'))).toEqual(none('it cannot be opened (ELOOP)'));
});
