import { describe, expect, it } from 'vitest';
import { concurrency, names, port, time } from './worker-arguments.ts';

describe('what a worker is told', () => {
  it('names each role once', () => {
    expect(names('code_writer, test_auditor,code_writer')).toEqual(['code_writer', 'test_auditor']);
    expect(() => names('a,,b')).toThrow('names separated by commas');
  });

  it('limits all roles together, or each', () => {
    expect(concurrency('4')).toBe(4);
    expect(concurrency('code_writer=2, test_auditor=1')).toEqual({
      code_writer: 2,
      test_auditor: 1,
    });
  });

  it.each([
    ['0', "Found '0'; expected a whole number, 1 to 500"],
    ['501', "Found '501'"],
    ['1.5', "Found '1.5'"],
    ['many', "Found 'many'"],
    ['code_writer=', "Found ''"],
    ['=2', "Found '=2'; expected <role>=<number>"],
    ['a=1=2', "Found 'a=1=2'; expected <role>=<number>"],
    ['a=1,a=2', "Found 'a' twice"],
  ])('is refused a limit that is none: %s', (text, words) => {
    expect(() => concurrency(text)).toThrow(words);
  });

  it.each([
    ['90', 90_000],
    ['90s', 90_000],
    ['0s', 0],
    ['500ms', 500],
    ['5m', 300_000],
    ['24h', 86_400_000],
  ])('takes times: %s', (text, ms) => {
    expect(time(text)).toBe(ms);
  });

  it.each(['', 'soon', '-1s', '1.5s', '25h', '5 m'])(
    'is refused a time that is none: %s',
    (text) => {
      expect(() => time(text)).toThrow('such as 90s, 5m or 1h');
    },
  );

  it('takes ports', () => {
    expect([port('0'), port('65535')]).toEqual([0, 65_535]);
    for (const text of ['65536', '-1', 'http', ''])
      expect(() => port(text)).toThrow('Expected a port');
  });
});
