import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { readReport } from './read-report.ts';

const read = (path: string) => readReport(path, dirname(path), (text) => text);
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
  symlinkSync('fifo', device as string);
  mkdirSync(inside as string);
  for (const path of [fifo, device, inside] as string[]) {
    expect(await read(path)).toEqual(none('it is no regular file'));
  }
});

it.each(['the report', 'its folder'])(
  'a report elsewhere, to which %s is a link, is none of this run',
  async (which) => {
    const [folder, other] = [temporaryFolder(), temporaryFolder()];
    writeFileSync(join(other, 'junit.xml'), 'of an earlier run');
    const inFolder = which === 'its folder';
    if (inFolder) symlinkSync(other, join(folder, 'reports'));
    else symlinkSync(join(other, 'junit.xml'), join(folder, 'junit.xml'));
    const path = join(folder, inFolder ? 'reports/junit.xml' : 'junit.xml');
    expect(await readReport(path, folder, (text) => text)).toEqual(
      none('it is a link to a file elsewhere, not written by this run'),
    );
  },
);

it('a report that is missing or cannot be opened says which of both', async () => {
  const folder = temporaryFolder();
  symlinkSync('itself', join(folder, 'itself'));
  expect(await read(join(folder, 'none'))).toEqual(none('it was not written'));
  expect(await read(join(folder, 'itself'))).toEqual(none('it cannot be opened (ELOOP)'));
});

describe('the encoding of a report', () => {
  const xml = '<?xml version="1.0" encoding="UTF-16"?><testsuite name="\u00e4\u20ac"/>';
  const utf16le = Buffer.from(xml, 'utf16le');
  const utf16be = Buffer.from(utf16le).swap16();
  const latin1 = '<?xml version="1.0" encoding="ISO-8859-1"?><testsuite name="\u00e4"/>';
  it.each<[string, Buffer, string]>([
    ['UTF-8', Buffer.from(xml), xml],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${xml}`), xml],
    ['UTF-16', utf16le, xml],
    ['UTF-16 the other way round', utf16be, xml],
    ['UTF-16 with a byte order mark', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16le]), xml],
    ['the same the other way round', Buffer.concat([Buffer.from([0xfe, 0xff]), utf16be]), xml],
    ['what XML declares', Buffer.from(latin1, 'latin1'), latin1],
  ])('may be %s', async (_, bytes, report) => {
    const path = join(temporaryFolder(), 'report');
    writeFileSync(path, bytes);
    expect(await read(path)).toEqual({ kind: 'read', report });
  });

  it('has to be one that is known', async () => {
    const path = join(temporaryFolder(), 'report');
    writeFileSync(path, '<?xml version="1.0" encoding="klingon"?><a/>');
    expect(await read(path)).toEqual(
      none('it cannot be read: its encoding klingon is not known; expected UTF-8 or UTF-16'),
    );
  });
});

it.each(['', '\ufeff', ' \r\n'])('a report without content is empty: %j', async (content) => {
  const path = join(temporaryFolder(), 'report');
  writeFileSync(path, content);
  expect(await read(path)).toEqual(none('it is empty'));
});
