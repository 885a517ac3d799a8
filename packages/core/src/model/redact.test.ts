import { expect, it } from 'vitest';
import { streamOf } from './redact.ts';

const redact = (text: string) => text.replaceAll('hunter22', '[secret]');

it('masks each line of a text that comes in pieces', () => {
  const stream = streamOf(redact);
  const told = ['hun', 'ter22\nand hunter', '22', ' and\n\nmore hunter22'].map((piece) =>
    stream.add(piece),
  );
  expect(told).toEqual(['', '[secret]\n', '', 'and [secret] and\n\n']);
  expect(stream.end('!')).toBe('more [secret]!');
});

it('takes a line of many pieces in time that grows with its length alone', () => {
  const stream = streamOf(redact);
  let told = '';
  const pieces = 1_000_000;
  for (let nth = 0; nth < pieces; nth++) told += stream.add('x');
  expect(told + stream.end()).toBe('x'.repeat(pieces));
});
