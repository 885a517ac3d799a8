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
});
