import { BatonError } from '@baton/core';
import { describe, expect, it } from 'vitest';
import { type CheckCommand, checkCommands, expandCommand } from './check-command.ts';

const places = { reports: '/r', workspace: '/w' };

describe('placeholders', () => {
  it('stand for their folders in argv and in env, as often as they are there', () => {
    const command: CheckCommand = {
      name: 'test',
      argv: ['run', '--out={reports}/a', '{workspace}:{workspace}'],
      env: { OUT: '{reports}', PLAIN: 'x' },
    };
    expect(expandCommand(command, places)).toEqual({
      name: 'test',
      argv: ['run', '--out=/r/a', '/w:/w'],
      env: { OUT: '/r', PLAIN: 'x' },
    });
  });

  it('leave other braces alone, and give way to doubled ones', () => {
    const argv = ['{}', '{"a":1}', '{a b}', 'a{{reports}}', '{{x}}', 'if (a) { b }'];
    expect(expandCommand({ name: 'x', argv }, places).argv).toEqual([
      '{}',
      '{"a":1}',
      '{a b}',
      'a{reports}',
      '{x}',
      'if (a) { b }',
    ]);
  });

  it('do not expand in what they stand for', () => {
    const odd = { reports: '/tmp/{workspace}', workspace: '/w' };
    expect(expandCommand({ name: 'x', argv: ['{reports}'] }, odd).argv).toEqual([
      '/tmp/{workspace}',
    ]);
  });
});

describe('a command that cannot work', () => {
  const refusal = (...commands: CheckCommand[]): BatonError => {
    try {
      checkCommands(commands);
    } catch (reason) {
      expect(reason).toBeInstanceOf(BatonError);
      return reason as BatonError;
    }
    return expect.fail('expected it to be refused');
  };

  it.each([
    ['an unknown placeholder in argv', { name: 'a', argv: ['x', '{report}'] }, '{report}'],
    ['an unknown placeholder in env', { name: 'a', argv: ['x'], env: { E: '{HOME}' } }, '{HOME}'],
    ['an empty argv', { name: 'a', argv: [] }, 'empty argv'],
    ['no name', { name: ' ', argv: ['x'] }, 'has no name'],
  ])('is refused for %s', (_, command, problem) => {
    const error = refusal(command);
    expect(error.code).toBe('invalid_input');
    expect(error.message).toContain(problem);
  });

  it('is told which placeholders there are', () => {
    expect(refusal({ name: 'a', argv: ['{report}'] }).legal).toEqual(['reports', 'workspace']);
  });

  it('is refused for a name that another has', () => {
    const command = { name: 'a', argv: ['x'] };
    expect(refusal(command, { ...command }).message).toContain(`'a' is there twice`);
  });
});
