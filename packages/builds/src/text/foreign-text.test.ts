import { styleText } from 'node:util';
import { expect, test } from 'vitest';
import { oneLine, plain, visible, visibleStyled } from './foreign-text.ts';

test.each([
  ['styles go', '\u001b[31mred\u001b[0m \u001b[2Jx', 'red x'],
  ['controls', 'a\u0007b\u0000c\u001b', 'a\\u0007b\\u0000c\\u001b'],
  ['those of C1', 'a\u0085b\u009b1mc', 'a\\u0085bc'],
  ['bidirectional controls', 'a\u202eb\u2066c\u200fd', 'a\\u202eb\\u2066c\\u200fd'],
  ['blanks of no width', 'a\u200bb\u2060c\ufeffd\u00ade', 'a\\u200bb\\u2060c\\ufeffd\\u00ade'],
  ['separators of lines', 'a\u2028b\u2029c', 'a\\u2028b\\u2029c'],
  ['letters that are blank', 'a\u115fb\u3164c\u{e0041}', 'a\\u115fb\\u3164c\\u{e0041}'],
  ['halves of characters', 'a\ud800b', 'a\\ud800b'],
  ['carriage returns end lines', 'a\r\nb\rc', 'a\nb\nc'],
  ['all the rest stays', 'a\tb\nñ é 漢字 אב 👩‍💻 ❤️ ½', 'a\tb\nñ é 漢字 אב 👩‍💻 ❤️ ½'],
  ['a joiner between other letters', 'a\u200db', 'a\\u200db'],
])('what is invisible is seen: %s', (_, text, expected) => {
  expect(visible(text)).toBe(expected);
});

test('a line of our own keeps its styles, and nothing else that steers the terminal', () => {
  const red = styleText('red', 'a\u202eb', { validateStream: false });
  expect(visibleStyled(`${red}\u001b[2J`)).toBe(`${red.replace('\u202e', '\\u202e')}\\u001b[2J`);
});

test('no further line can be taken for one of our own', () => {
  const forged = 'out of disk\n\nBuild x is complete\r\n  deployed to prod\rThe work\n';
  expect(plain(forged).split('\n')).toEqual([
    'out of disk',
    '    │ ',
    '    │ Build x is complete',
    '    │   deployed to prod',
    '    │ The work',
  ]);
});

test('a long text becomes one line of the given length', () => {
  expect(oneLine('a\n  b\tc', 10)).toBe('a b c');
  expect(oneLine('abcdefgh', 5)).toBe('abcd…');
});
