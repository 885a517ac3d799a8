import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createProject, startAtTerminal, TIMEOUT } from './harness.ts';

const COLUMNS = 80;

/** The lines of a terminal that are too long for it, though a blank in them could have ended them. */
function brokenInWords(written: string): readonly string[] {
  return written
    .split('\n')
    .map((line) =>
      stripVTControlCharacters(line.slice(line.lastIndexOf('\u001b[2K') + 1)).trimEnd(),
    )
    .filter((line) => line.length > COLUMNS && line.trim().includes(' '));
}

const plain = (written: string) => stripVTControlCharacters(written).replaceAll('\r', '');

describe.concurrent('a terminal of 80 columns', TIMEOUT, () => {
  it.each([
    ['run, that fails', ['run', 'Build me a greeting'], 6],
    ['doctor', ['doctor'], 8],
  ])('gets lines that are broken between words: %s', async (_, args, code) => {
    const { options, steer, configure } = createProject();
    steer({ discovery: 'fail' });
    configure(({ commands }) => {
      commands.verify = [{ name: 'none', argv: ['a-program-that-is-nowhere'] }];
    });
    const ended = await startAtTerminal([...args, ...options]).ended;
    expect(ended.code).toBe(code);
    expect(ended.stdout.length).toBeGreaterThan(200);
    expect(brokenInWords(ended.stdout)).toEqual([]);
  });

  it('gets what is wider than it as fields, one below another', async () => {
    const { repo, options, steer } = createProject();
    steer({ implementation: 'fail' });
    const run = await startAtTerminal(['run', 'Build me a greeting', ...options]).ended;
    const id = /wf_[0-9a-f]+/.exec(run.stdout)?.[0] ?? '';
    const shown = async (...args: string[]) =>
      plain((await startAtTerminal([...args, '--workspace', repo]).ended).stdout);
    expect(await shown('list')).toMatch(
      /^WORKFLOW +wf_\w+\nPROJECT +\S+\nBUILD +\S+\nSTATE +error$/m,
    );
    expect(await shown('prune')).toMatch(/^WORKFLOW +wf_\w+\nSTANDS +open\nREMOVED +-$/m);
    expect(await shown('history', id)).toMatch(/^# +1\nAT +\S/m);
    expect(await shown('status', id)).toMatch(/^next +\S.*\n( +\S.*\n)?done/m);
    expect(await shown('definition')).toMatch(/^STATE +discovery\nKIND +phase$/m);
  });

  it('gets help whose paragraphs are broken between words', async () => {
    const { stdout } = await startAtTerminal(['prune', '--help']).ended;
    const [, text = ''] = /^Examples:$([\s\S]*)^Exit codes:$/m.exec(plain(stdout)) ?? [];
    expect(text).toContain('Complete builds lose');
    expect(text.split('\n').filter((line) => line.length > COLUMNS)).toEqual([]);
  });

  it('gets a command to type next that a shell takes as it is broken', async () => {
    const { repo, folder } = createProject();
    const far = join(folder, 'a'.repeat(COLUMNS - 30));
    renameSync(repo, far);
    const { stdout } = await startAtTerminal(['init', '--workspace', far]).ended;
    const command = plain(stdout).split('commit it, then:\n')[1] ?? '';
    expect(command.replaceAll(/ \\\n +/g, ' ').trim()).toMatch(/^(?:\S+ )*doctor --workspace \S+$/);
  });
});
