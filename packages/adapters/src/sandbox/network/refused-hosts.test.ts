import { expect, it } from 'vitest';
import { createRefusedHosts } from './egress-proxy.ts';

it('keeps each host once, in the order of the first try', () => {
  const { add, list } = createRefusedHosts();
  add({ host: 'b.example:443' });
  add({ host: 'a.example:80', leadsTo: '127.0.0.1' });
  add({ host: 'b.example:443', leadsTo: '::1' });
  const kept = [{ host: 'b.example:443' }, { host: 'a.example:80', leadsTo: '127.0.0.1' }];
  expect(list()).toEqual(kept);
});

it('keeps no more than it has room for, and nothing that a terminal takes for a command', () => {
  const { add, list } = createRefusedHosts();
  add({ host: `\u001b[31m\u202e${'x'.repeat(5000)}` });
  for (let i = 0; i < 100; i++) add({ host: `host-${i}.example:443` });
  expect(list()).toHaveLength(32);
  expect(list()[0]?.host).toMatch(/^\?\[31m\?x{254}$/);
});
