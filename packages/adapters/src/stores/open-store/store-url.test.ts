import { describe, expect, it } from 'vitest';
import { describeStoreUrl, parseStoreUrl } from './store-url.ts';

describe("a store's URL", () => {
  it.each([
    ['memory:', { kind: 'memory' }],
    ['sqlite:/var/b:c@d.db', { kind: 'sqlite', path: '/var/b:c@d.db' }],
    ['sqlite:///var/b.db', { kind: 'sqlite', path: '/var/b.db' }],
    ['sqlite::memory:', { kind: 'sqlite', path: ':memory:' }],
    ['postgres://u:p@h/d', { kind: 'postgres', url: 'postgres://u:p@h/d' }],
    ['postgresql://h', { kind: 'postgres', url: 'postgresql://h' }],
    ['redis://h:1/2', { kind: 'redis', url: 'redis://h:1/2' }],
    ['rediss://:p@h', { kind: 'redis', url: 'rediss://:p@h' }],
    ['redis+sentinel://a,b/m', { kind: 'redis', url: 'redis+sentinel://a,b/m' }],
    ['rediss+cluster://a:1,b', { kind: 'redis', url: 'rediss+cluster://a:1,b' }],
  ])('%s names a store', (url, expected) => {
    expect(parseStoreUrl(url)).toEqual(expected);
  });

  it.each([
    ['', "''"],
    ['baton.db', "'baton.db'"],
    ['memory:x', "'memory:x'"],
    ['sqlite:', "'sqlite:'"],
    ['sqlite://b.db', "'sqlite://b.db'"],
    ['mysql://ada:secret@h/d?sslkey=secret', "'mysql://ada:***@h/d'"],
    ['postgres:secret@h', "'postgres://…'"],
    ['postgres://u:sec/ret@h/d', "'postgres://…'"],
    ['postgres://u:12/secret@h/d', "'postgres://…'"],
    ['redis://:sec#ret@h', "'redis://…'"],
    ['redis://u:12?secret@h', "'redis://…'"],
    ['postgres://u:12?secret@h/d', "'postgres://…'"],
    ['postgres://u:12#secret@h/d', "'postgres://…'"],
    ['redis+sentinel://:secret@h', "'redis+sentinel://…'"],
    ['u:secret@h', "'u://…'"],
    ['//secret@h', "'…'"],
  ])('%s is refused with the legal forms and without a password', (url, found) => {
    expect(() => parseStoreUrl(url)).toThrow(
      expect.objectContaining({
        code: 'invalid_input',
        message: expect.stringContaining(`found ${found}, expected memory:, sqlite:<path>, `),
      }),
    );
  });

  it.each([
    ['sqlite:a.db', 'sqlite:a.db'],
    ['postgres://baton@h:5432/d?password=secret@1', 'postgres://baton@h:5432/d'],
    ['rediss://:secret@h:6380/1', 'rediss://:***@h:6380/1'],
    ['redis://h', 'redis://h'],
    ['redis://secret@h', 'redis://***@h'],
    ['redis://u:secret@h', 'redis://u:***@h'],
    ['redis+sentinel://u:secret@a:1,b/m?sentinelPassword=secret', 'redis+sentinel://u:***@a:1,b/m'],
  ])('%s is shown as %s', (url, shown) => {
    expect(describeStoreUrl(url)).toBe(shown);
  });
});
