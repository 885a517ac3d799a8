import { expect, it } from 'vitest';
import { proxyAuthorization, upstreamOf } from './upstream.ts';

const page = { host: 'a.example', port: 80, tunnel: false };
const tunnel = { host: 'a.example', port: 443, tunnel: true };

it('is none where the environment names none', () => {
  expect(upstreamOf({})(tunnel)).toBeUndefined();
});

it('is the one of the kind of connection, in either case, or the one for all', () => {
  const one = upstreamOf({ https_proxy: 'http://t.example:3128', HTTP_PROXY: 'p.example:8080' });
  expect([one(tunnel)?.host, one(page)?.host]).toEqual(['t.example:3128', 'p.example:8080']);
  const all = upstreamOf({ ALL_PROXY: 'http://all.example', HTTPS_PROXY: '' });
  expect([all(tunnel)?.host, all(page)?.host]).toEqual(['all.example', 'all.example']);
});

it.each([
  ['*', true],
  ['a.example', true],
  ['.example', true],
  ['b.example, A.EXAMPLE', true],
  ['*.example', true],
  ['a.example:443', true],
  ['a.example:80', false],
  ['xa.example', false],
  ['ample', false],
  ['', false],
])('leaves out what NO_PROXY %j names: %j', (excepted, isLeftOut) => {
  const upstream = upstreamOf({ HTTPS_PROXY: 'http://t.example', no_proxy: excepted });
  expect(upstream(tunnel) === undefined).toBe(isLeftOut);
});

it.each(['socks5://ada:secret@p.example:1080', 'http://ada:secret@:::'])(
  'refuses %s, and tells no password',
  (value) => {
    const make = () => upstreamOf({ HTTPS_PROXY: value });
    expect(make).toThrow('expected the http: address of a proxy');
    expect(make).not.toThrow('secret');
  },
);

it('says name and password as they are meant', () => {
  const said = proxyAuthorization(new URL('http://ada:p%40ss@p.example'))['proxy-authorization'];
  expect(said).toBe(`Basic ${Buffer.from('ada:p@ss').toString('base64')}`);
  expect(proxyAuthorization(new URL('http://p.example'))).toEqual({});
});
