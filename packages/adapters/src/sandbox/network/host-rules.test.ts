import { expect, it } from 'vitest';
import { canonicalHost } from '../../network/addresses.ts';
import { parseHostRule, ruleFor } from './host-rules.ts';

it.each([
  ['registry.npmjs.org', { host: 'registry.npmjs.org', kind: 'name', ports: [80, 443] }],
  ['*.Example.COM.:8443', { host: 'example.com', kind: 'subdomains', ports: [8443] }],
  ['bücher.example', { host: 'xn--bcher-kva.example', kind: 'name', ports: [80, 443] }],
  ['10.1.2.3:8080', { host: '10.1.2.3', kind: 'address', ports: [8080] }],
  ['[FD00::1]', { host: 'fd00::1', kind: 'address', ports: [80, 443] }],
  ['[::ffff:10.0.0.1]:81', { host: '10.0.0.1', kind: 'address', ports: [81] }],
  ['localhost:5432', { host: 'localhost', kind: 'local', ports: [5432] }],
])('reads %s', (text, rule) => {
  expect(parseHostRule(text)).toEqual(rule);
});

it.each([
  ...[
    '',
    '*',
    '*.',
    'http://a.example',
    'a.example/x',
    'a.example:',
    'a.example:0',
    'a.example:99999',
  ],
  ...['a..b', 'a b', 'user@a.example', '*.10.0.0.1', 'x.*.example', 'fd00::1', '[fd00::1', 'a%2eb'],
  ...['[fe80::1%25eth0]', 'a.example:80:80', '.example', `${'a'.repeat(64)}.example`],
])('refuses %j', (text) => {
  expect(() => parseHostRule(text)).toThrow(`found ${JSON.stringify(text)}; expected the name`);
});

it.each([
  ['localhost', 'expected a port: localhost:5432, say'],
  ['localhost:80', 'expected a port of 1024 or above'],
])('refuses %s: %s', (text, why) => {
  expect(() => parseHostRule(text)).toThrow(why);
});

const RULES = ['a.example', '*.b.example:8443', '10.0.0.1', 'localhost:5432'].map(parseHostRule);

it.each([
  ['a.example', 443],
  ['A.EXAMPLE.', 80],
  ['x.b.example', 8443],
  ['x.y.b.example', 8443],
  ['10.0.0.1', 80],
  ['0x0a.1', 443],
  ['localhost', 5432],
  ['127.0.0.1', 5432],
])('lets %s:%i through', (host, port) => {
  expect(ruleFor(RULES, canonicalHost(host) ?? '', port)).toBeDefined();
});

it.each([
  ['a.example', 22],
  ['x.a.example', 443],
  ['b.example', 8443],
  ['xb.example', 8443],
  ['x.b.example', 443],
  ['a.example.evil', 443],
  ['10.0.0.2', 80],
  ['localhost', 5433],
  ['127.0.0.1', 80],
  ['127.0.0.2', 5432],
])('does not let %s:%i through', (host, port) => {
  expect(ruleFor(RULES, canonicalHost(host) ?? '', port)).toBeUndefined();
});

it.each([
  ...['0x7f.1', '2130706433', '0177.0.0.1', '127.1', '１２７.0.0.1', '127.0.0.1.', '017700000001'],
  ...['[::ffff:127.0.0.1]', '[::FFFF:7f00:1]', '[0:0:0:0:0:ffff:127.0.0.1]'],
])('takes %s for the address that it is', (text) => {
  expect(canonicalHost(text)).toBe('127.0.0.1');
});
