import { expect, it } from 'vitest';
import { formatApiKey, newApiKeyId, newApiKeySecret, parseApiKey } from './api-key-text.ts';

const parts = { id: newApiKeyId(), secret: newApiKeySecret() };
const key = formatApiKey(parts);

it('is what scanners can find: a prefix, an id, a secret and a checksum, all of a fixed length', () => {
  expect(key).toMatch(/^baton_[0-9A-Za-z]{16}_[0-9A-Za-z]{49}$/);
  expect(parseApiKey(key)).toEqual(parts);
  // Holders and scanners keep keys longer than a version of Baton lasts: this one was made by another program.
  const kept = `baton_0123456789abcdef_${'A'.repeat(43)}0O1vzf`;
  expect(parseApiKey(kept)).toEqual({ id: '0123456789abcdef', secret: 'A'.repeat(43) });
});

it('is another each time', () => {
  const keys = new Set(Array.from({ length: 1000 }, () => newApiKeySecret()));
  expect(keys.size).toBe(1000);
  expect(new Set(Array.from({ length: 1000 }, () => newApiKeyId())).size).toBe(1000);
});

it('is refused with any one character mistyped, or two swapped', () => {
  for (let i = 0; i < key.length; i++) {
    const wrong = key[i] === 'x' ? 'y' : 'x';
    expect(parseApiKey(key.slice(0, i) + wrong + key.slice(i + 1))).toBeUndefined();
    const [a, b] = [key[i], key[i + 1]];
    if (b === undefined || a === b) continue;
    expect(parseApiKey(`${key.slice(0, i)}${b}${a}${key.slice(i + 2)}`)).toBeUndefined();
  }
});

it.each([
  '',
  'baton_',
  key.slice(0, -1),
  `${key}0`,
  `${key}\n`,
  ` ${key}`,
  key.replace('baton', 'BATON'),
  key.replaceAll('_', '-'),
  '🎈'.repeat(36),
])('is not %j', (text) => {
  expect(parseApiKey(text)).toBeUndefined();
});
