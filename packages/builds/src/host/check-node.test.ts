import { expect, test } from 'vitest';
import { tooOld } from './check-node.ts';

test.each(['22.18.0', '22.19.1', '24.0.0', '25.1.0-nightly'])('Node %s will do', (version) => {
  expect(tooOld(version)).toBeUndefined();
});

test.each(['18.20.4', '20.19.5', '22.17.1', '22.9.0'])('Node %s is too old', (version) => {
  expect(tooOld(version)).toBe(`baton needs Node 22.18 or later, this is Node ${version}`);
});
