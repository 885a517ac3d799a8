import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkJsonText, checkText } from './run-statement.ts';

const accepts = (check: () => void): boolean => {
  try {
    check();
    return true;
  } catch {
    return false;
  }
};

describe('what PostgreSQL can store', () => {
  it('has neither NUL nor lone surrogates', () => {
    for (const text of ['a\u0000b', '\ud800', 'x\udc00y', '\udc00\ud800']) {
      expect(() => checkText(text, 'role')).toThrow(/role: text must not contain NUL/);
      expect(() => checkJsonText(JSON.stringify({ [text]: 1 }), 'details')).toThrow(/details/);
    }
  });

  it('has text about them', () => {
    for (const text of ['\\u0000', '\\ud800', '\\\\u0000', '🏃🏽‍♀️', '\u2028']) {
      checkText(text, 'text');
      checkJsonText(JSON.stringify([text]), 'text');
    }
  });

  it('is the same for text and for the JSON of it', () => {
    const unit = fc.constantFrom('\\', '\u0000', '\ud800', '\udc00', 'u', '0', '"', 'd8', '00');
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        const asText = accepts(() => checkText(text, ''));
        expect(accepts(() => checkJsonText(JSON.stringify(text), ''))).toBe(asText);
      }),
    );
  });
});
