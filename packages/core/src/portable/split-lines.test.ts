import fc from 'fast-check';
import { expect, it, onTestFinished, vi } from 'vitest';
import { splitLines } from './split-lines.ts';

async function linesOf(chunks: Iterable<string | Uint8Array>, most = 1000): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of splitLines(chunks, most)) lines.push(line);
  return lines;
}

it('lines are the same however the bytes are cut', async () => {
  const property = fc.asyncProperty(
    fc.array(fc.stringMatching(/^[a-z\r€😀]{0,9}$/u)),
    fc.integer({ min: 1, max: 9 }),
    async (lines, size) => {
      const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
      const count = Math.ceil(bytes.length / size);
      const chunks = Array.from({ length: count }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
      expect(await linesOf(chunks)).toEqual(lines);
    },
  );
  await fc.assert(property, { numRuns: 100 });
});

it.each([
  ['a line without an end', ['a\n', 'b'], 'the last line is cut off'],
  ['half of a character at the end', [Buffer.from('€').subarray(0, 2)], 'it is not UTF-8'],
  [
    'a line that is too long',
    ['x'.repeat(600), 'x'.repeat(600), '\n'],
    'more than 1000 characters',
  ],
  ['one within a chunk', [`a\n${'x'.repeat(1001)}\nb\n`], 'more than 1000 characters'],
])('%s is refused', async (_, chunks, why) => {
  await expect(linesOf(chunks)).rejects.toMatchObject({
    code: 'invalid_input',
    message: expect.stringContaining(why),
  });
});

it('a line of many pieces is searched for its end once', async () => {
  const { indexOf } = String.prototype;
  let searched = 0;
  const spy = vi.spyOn(String.prototype, 'indexOf').mockImplementation(function (
    this: string,
    ...given
  ) {
    searched += this.length;
    return indexOf.apply(this, given);
  });
  onTestFinished(() => spy.mockRestore());
  const pieces = Array.from({ length: 1000 }, () => 'x'.repeat(1000));
  const [line] = await linesOf([...pieces, '\n'], 2_000_000);
  expect(line).toHaveLength(1_000_000);
  expect(searched).toBeLessThan(3_000_000);
});
