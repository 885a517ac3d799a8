import { execFileSync } from 'node:child_process';
import { stripVTControlCharacters, styleText } from 'node:util';
import { expect, test } from 'vitest';
import { wrapCommand, wrapText } from './wrap.ts';

test('text is broken at words, and what follows hangs', () => {
  expect(wrapText('one two three four', 9, 2)).toBe('one two\n  three\n  four');
  expect(wrapText('  short', 9, 2)).toBe('  short');
  expect(wrapText('a b c d e f g h', 5, 0)).toBe('a b c\nd e f\ng h');
  expect(wrapText('a /a/path/that/is/longer b', 9, 2)).toBe('a\n  /a/path/that/is/longer\n  b');
});

test.each(['', ' ', 'one', ' one ', '  one two', 'one two  '])(
  '%j stays as it is where it fits',
  (text) => {
    expect(wrapText(text, 9, 4)).toBe(text);
    // With a character that is not ASCII, so that it is not taken for plain.
    expect(wrapText(`${text}é`, 10, 4)).toBe(`${text}é`);
  },
);

test('styles take no room', () => {
  const red = styleText('red', 'one two', { validateStream: false });
  expect(wrapText(red, 8, 0)).toBe(red);
  const wrapped = wrapText(`${red} three`, 9, 0);
  expect(stripVTControlCharacters(wrapped)).toBe('one two\nthree');
});

test('a command on several lines is one to a shell', () => {
  const command = `printf '%s|' --reason "what to do differently" 'a b' --workspace /tmp/shop`;
  const wrapped = wrapCommand(command, 40, 2);
  expect(wrapped.split('\n').length).toBeGreaterThan(1);
  for (const [index, line] of wrapped.split('\n').entries()) {
    expect(line.length + (index === 0 ? 2 : 0)).toBeLessThanOrEqual(40);
  }
  const run = (line: string) => execFileSync('sh', ['-c', line], { encoding: 'utf8' });
  expect(run(wrapped)).toBe(run(command));
  expect(wrapCommand(command, Number.POSITIVE_INFINITY, 2)).toBe(command);
});

test('a word that is too long keeps the blanks in front of it on its line', () => {
  expect(wrapText('    abcdefghijkl', 10, 4)).toBe('    abcdefghijkl');
  expect(wrapText('  one two three', 9, 4)).toBe('  one two\n    three');
});
