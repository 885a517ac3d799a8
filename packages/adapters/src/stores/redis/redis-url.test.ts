import { describe, expect, it } from 'vitest';
import { parseRedisUrl, readRedisUrl, replicasOf } from './redis-url.ts';

describe('a Redis URL', () => {
  it.each([
    [
      'redis://h',
      { kind: 'server', isTls: false, hosts: [{ host: 'h', port: 6379 }], database: 0 },
    ],
    [
      'rediss://:p%40w@h:1/2',
      { isTls: true, password: 'p@w', hosts: [{ host: 'h', port: 1 }], database: 2 },
    ],
    [
      'redis://ada@[::1]:7',
      { username: 'ada', password: undefined, hosts: [{ host: '::1', port: 7 }] },
    ],
    [
      'redis+sentinel://u:p@a,b:2/main/3',
      {
        kind: 'sentinel',
        hosts: [
          { host: 'a', port: 26_379 },
          { host: 'b', port: 2 },
        ],
        username: 'u',
        password: 'p',
        masterName: 'main',
        database: 3,
      },
    ],
    [
      'rediss+cluster://a:1,b/',
      {
        kind: 'cluster',
        isTls: true,
        hosts: [
          { host: 'a', port: 1 },
          { host: 'b', port: 6379 },
        ],
      },
    ],
  ])('%s says where', (url, expected) => {
    expect(parseRedisUrl(url)).toMatchObject(expected);
  });

  it.each([
    'redis://',
    'redis:h',
    'http://h',
    'redis://a,b',
    'redis://h/name',
    'redis://:sec#ret@h',
    'redis://:sec/ret@h',
    'redis://%zz@h',
    'redis://h:99999',
    'redis+sentinel://h',
    'redis+sentinel://a,/main',
    'redis+cluster://h/1',
    'redis+other://h',
  ])('%s is none', (url) => {
    expect(parseRedisUrl(url)).toBeUndefined();
    expect(() => readRedisUrl(url)).toThrow(
      expect.objectContaining({
        code: 'invalid_input',
        message: expect.stringMatching(/^the Redis URL: expected redis:\/\/<host>/),
      }),
    );
  });

  it.each([
    [
      'redis://:secret@h?replica=1',
      "found the parameter 'replica', expected some of ca, cert, key, replicas",
    ],
    ['redis://:secret@h?ca=x', "found the parameter 'ca'"],
    ['redis+cluster://:secret@h?sentinelPassword=x', "found the parameter 'sentinelPassword'"],
  ])('%s has a parameter that means nothing there', (url, message) => {
    expect(() => readRedisUrl(url)).toThrow(message);
    expect(() => readRedisUrl(url)).not.toThrow('secret');
  });

  it('says for how many replicas commits wait', () => {
    const of = (query: string) => replicasOf(readRedisUrl(`redis://h${query}`));
    expect(of('')).toBeUndefined();
    expect(of('?replicas=1')).toEqual({ acknowledge: 1 });
    expect(of('?replicas=2&replicasTimeoutMs=50')).toEqual({ acknowledge: 2, timeoutMs: 50 });
    expect(() => of('?replicasTimeoutMs=50')).toThrow('expected replicas with it');
  });
});
