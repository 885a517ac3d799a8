import { expect, it, vi } from 'vitest';
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

it('reads a line of many pieces once', () => {
  const stream = streamOf(redact);
  let told = '';
  const pieces = 20_000;
  const read = charactersRead(['lastIndexOf'], () => {
    for (let nth = 0; nth < pieces; nth++) told += stream.add('x');
  });
  expect(told + stream.end()).toBe('x'.repeat(pieces));
  expect(read).toBeLessThan(3 * pieces);
});

/** Characters that methods of texts were called on while `work` ran: it tells how often a text is read again. */
function charactersRead(
  names: readonly ('indexOf' | 'lastIndexOf' | 'slice')[],
  work: () => void,
): number {
  let characters = 0;
  const spies = names.map((name) => {
    const original = String.prototype[name] as (...given: unknown[]) => unknown;
    return vi.spyOn(String.prototype, name).mockImplementation(function (
      this: string,
      ...given: unknown[]
    ) {
      characters += this.length;
      return original.apply(this, given) as never;
    });
  });
  try {
    work();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return characters;
}
