import { describe, expect, it } from 'vitest';
import { folderWorkspace } from '../../testing/folder-workspace.ts';
import { placeIn, problem, use } from '../testing/tool-use.ts';
import { readTool } from './read.ts';

describe('read', () => {
  const workspace = () => folderWorkspace({ 'a.ts': 'one\ntwo\nthree\n', 'empty.ts': '' });

  it('numbers the lines', async () => {
    expect(await use(readTool, { path: 'a.ts' }, workspace())).toBe('1\tone\n2\ttwo\n3\tthree');
    expect(await use(readTool, { path: 'empty.ts' }, workspace())).toBe('(empty file)');
  });

  it('reads a range and says how much there is', async () => {
    expect(await use(readTool, { path: 'a.ts', from: 2, to: 2 }, workspace())).toBe(
      '2\ttwo\n[lines 2 to 2 of 3]',
    );
  });

  it('stops at its limits and says where to go on', async () => {
    const long = folderWorkspace({
      'lines.ts': 'x\n'.repeat(5000),
      'wide.ts': `${'y'.repeat(100_000)}\nz\n`,
    });
    expect(await use(readTool, { path: 'lines.ts' }, long)).toMatch(
      /\n\[lines 1 to 2000 of 5000; continue at line 2001\]$/,
    );
    const rest = await use(readTool, { path: 'lines.ts', from: 4001, to: 6000 }, long);
    expect(rest).toMatch(/\n\[lines 4001 to 5000 of 5000\]$/);
    const wide = await use(readTool, { path: 'wide.ts' }, long);
    expect(wide.length).toBeLessThan(33_000);
    expect(wide).toContain('[... 67234 more characters of this line left out: search in it]');
    expect(wide).toContain('[lines 1 to 1 of 2; continue at line 2]');
    const last = await use(readTool, { path: 'wide.ts', from: 2 }, long);
    expect(last).toBe('2\tz\n[lines 2 to 2 of 2]');
  });

  it('keeps to what the place leaves room for', async () => {
    const workspace = folderWorkspace({ 'lines.ts': 'x\n'.repeat(5000) });
    const place = { ...placeIn(workspace), maxCharacters: 100 };
    const text = await readTool.run({ path: 'lines.ts' }, place);
    expect(text.length).toBeLessThan(160);
    expect(text).toContain('[lines 1 to 21 of 5000; continue at line 22]');
  });

  it('says how long a file is of which it is to read what comes after', async () => {
    const message = await problem(readTool, { path: 'a.ts', from: 4 }, workspace());
    expect(message).toBe('a.ts has 3 lines, none from 4');
  });

  it('leaves what is too large to commands', async () => {
    const workspace = folderWorkspace({ 'huge.sql': 'x'.repeat(8 * 1024 * 1024 + 1) });
    expect(await problem(readTool, { path: 'huge.sql' }, workspace)).toBe(
      'cannot read huge.sql: it has 8388609 bytes, at most 8388608 are read: look at it with a command',
    );
  });

  it.each([
    ['missing.ts', 'there is no such file'],
    ['.', 'it is not a file'],
    ['binary', 'it is not UTF-8 text'],
  ])('says what is wrong with %s', async (path, message) => {
    const workspace = folderWorkspace();
    workspace.write('binary', Buffer.from([0xff, 0xfe, 0x00]));
    expect(await problem(readTool, { path }, workspace)).toContain(message);
  });

  it('says which argument is wrong', async () => {
    const input = { file: 'a.ts', path: '', from: 0 };
    const message = await problem(readTool, input, workspace());
    expect(message).toContain('path: Too small');
    expect(message).toContain('from: Too small');
    expect(message).toContain('Unrecognized key: "file"');
  });
});
