import { describe, expect, it } from 'vitest';
import { parseOutcome } from './parse-outcome.ts';

const OUTCOME = '{"kind":"fail","reason":"out of scope"}';

/** The outcome for what a program wrote. */
const parsed = (stdout: string) =>
  parseOutcome('the command', {
    argv: ['x'],
    exitCode: 0,
    signal: null,
    stdout,
    stderr: '',
    leftOut: { stdout: 0, stderr: 0 },
    timedOut: false,
    refusedHosts: [],
    hindrances: [],
  } as never);

describe('an outcome with what no one sees', () => {
  it('is read without the mark that says it is UTF-8', () => {
    expect(parsed(`\ufeff${OUTCOME}`)).toEqual(JSON.parse(OUTCOME));
  });

  it.each([
    ['colours', `\u001b[32m${OUTCOME}\u001b[0m`, 'it has colours or other control sequences'],
    ['UTF-16', [...OUTCOME].join('\0'), 'it has NUL characters, as UTF-16 does; write UTF-8'],
    ['two documents with marks', `${OUTCOME}\ufeff`, 'it contains a byte order mark'],
  ])('is told so: %s', (_, stdout, problem) => {
    expect(() => parsed(stdout)).toThrow(problem);
  });

  it('is told nothing of the kind without it', () => {
    expect(() => parsed(`${OUTCOME} x`)).toThrow(/at line 1, column 41\); found/);
  });
});
