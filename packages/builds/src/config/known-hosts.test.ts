import { parseHostRule } from '@baton/adapters/sandbox';
import { expect, it } from 'vitest';
import { configSchema } from './config-schema.ts';
import { hostsOf, KNOWN_HOSTS } from './known-hosts.ts';

it('knows hosts that can be reached, each once', () => {
  const all = Object.values(KNOWN_HOSTS).flat();
  expect(all.map((host) => parseHostRule(host).ports)).toEqual(all.map(() => [80, 443]));
  expect(new Set(all).size).toBe(all.length);
});

it('puts hosts in the place of a name, and leaves all else as it is', () => {
  const hosts = hostsOf(['a.example', '@registries']);
  expect(hosts).toEqual(['a.example', ...KNOWN_HOSTS['@registries']]);
});

const parse = (network: unknown) =>
  configSchema.safeParse({
    roles: {},
    commands: { test: { argv: ['true'] }, verify: [{ name: 'x', argv: ['true'] }] },
    sandbox: { network },
  });

it.each([['none'], ['all'], [[]], [['@models', '*.example.com:81', 'localhost:5432']]])(
  'takes %j in a configuration',
  (network) => {
    expect(parse(network).error).toBeUndefined();
  },
);

it.each([
  ['some'],
  [['https://a.example/']],
  [['@all']],
  [['localhost']],
  [Array(257).fill('a.b')],
])('refuses %j in a configuration', (network) => {
  expect(parse(network).success).toBe(false);
});

it('says what an entry could have been', () => {
  const message = parse(['https://a.example/']).error?.message;
  expect(message).toContain('expected the name of a host (registry.npmjs.org)');
  expect(message).toContain('or @registries or @models');
});
