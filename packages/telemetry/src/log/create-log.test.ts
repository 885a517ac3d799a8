import { describe, expect, it } from 'vitest';
import { createLog, type LogOptions } from './create-log.ts';

function logInto(options: LogOptions = {}) {
  const lines: string[] = [];
  return { lines, log: createLog({ ...options, write: (line) => lines.push(line) }) };
}

describe('a log', () => {
  it('shows no key, wherever in a line it would stand', () => {
    const { lines, log } = logInto();
    const url = 'postgres://ada:hunter22@db/x';
    log.error(`a ${url}`, { b: `b ${url}`, deep: { c: [`c ${url}`] }, count: 1 });
    const masked = 'postgres://ada:[secret]@db/x';
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'error',
      message: `a ${masked}`,
      b: `b ${masked}`,
      deep: { c: [`c ${masked}`] },
      count: 1,
    });
  });

  it('has a line of JSON for each message, with its time and level and nothing of the machine', () => {
    const { lines, log } = logInto();
    log.info('two\nlines', { port: 7481 });
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain('\n');
    const { time, ...rest } = JSON.parse(lines[0] ?? '');
    expect(time).toBe(new Date(time).toISOString());
    expect(rest).toEqual({ level: 'info', message: 'two\nlines', port: 7481 });
  });

  it('keeps each member once: a fact may be the message, and is never the level or the time', () => {
    const { lines, log } = logInto();
    log.warn('MCP', { message: 'said', level: 'low', time: 'noon' });
    const [line = ''] = lines;
    for (const name of ['message', 'level', 'time'])
      expect(line.split(`"${name}":`)).toHaveLength(2);
    expect(JSON.parse(line)).toMatchObject({ level: 'warn', message: 'said' });
  });

  it('shows the ids of a trace as they are', () => {
    const { lines, log } = logInto();
    const ids = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
    log.info('request', ids);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject(ids);
  });

  it.each([
    ['debug', ['debug', 'info', 'warn', 'error'], true],
    ['warn', ['warn', 'error'], false],
    ['silent', [], false],
  ] as const)('at %s has the lines of %j', (level, expected, requests) => {
    const { lines, log } = logInto({ level });
    for (const label of ['debug', 'info', 'warn', 'error'] as const) log[label]('said');
    expect(lines.map((line) => JSON.parse(line).level)).toEqual(expected);
    expect(log.requests).toBe(requests);
  });
});
