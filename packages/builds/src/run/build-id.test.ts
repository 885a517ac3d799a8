import { expect, test } from 'vitest';
import { buildIdOf, nthBuildId } from './build-id.ts';

test('the same request in the same workspace gives the same readable id', () => {
  const id = buildIdOf('Build me a dark mode feature', '/a');
  expect(id).toMatch(/^build-me-a-dark-mode-feature-[0-9a-f]{8}$/);
  expect(buildIdOf('Build me a dark mode feature', '/a')).toBe(id);
  expect(buildIdOf('Build me a dark mode feature', '/b')).not.toBe(id);
  expect(buildIdOf('Build me a dark mode feature!', '/a')).not.toBe(id);
});

test('an id stays short and readable whatever the request is', () => {
  expect(buildIdOf('é'.repeat(500), '/a')).toMatch(/^e[e-]{0,39}-[0-9a-f]{8}$/);
  expect(buildIdOf('ダークモード', '/a')).toMatch(/^build-[0-9a-f]{8}$/);
});

test('later builds of one request are counted', () => {
  expect([1, 2].map((n) => nthBuildId('x', n))).toEqual(['x', 'x-2']);
});
