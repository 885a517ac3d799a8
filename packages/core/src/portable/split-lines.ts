import { TextDecoder } from 'node:util';
import { BatonError } from '../model/errors.ts';

/**
 * The lines of a file in UTF-8, without their ends. Only LF ends a line: JSON may contain what others
 * take for the end of one.
 *
 * @param mostCharacters that a line has.
 * @throws BatonError `invalid_input` for what is not UTF-8, for a line that is longer, and when the last line has no end.
 */
export async function* splitLines(
  chunks: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>,
  mostCharacters: number,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  // Joined once a line ends: a long one is not read again with each of its pieces.
  let pending: string[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    const text = typeof chunk === 'string' ? chunk : decode(decoder, chunk);
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      expectAtMost(mostCharacters, length + end - start);
      yield pending.join('') + text.slice(start, end);
      [pending, length] = [[], 0];
      start = end + 1;
    }
    pending.push(text.slice(start));
    length += text.length - start;
    expectAtMost(mostCharacters, length);
  }
  const rest = decode(decoder);
  if (length > 0 || rest !== '') throw new BatonError('invalid_input', 'the last line is cut off');
}

function expectAtMost(most: number, found: number): void {
  if (found <= most) return;
  throw new BatonError('invalid_input', `a line has more than ${most} characters`);
}

/** The rest, without a chunk. */
function decode(decoder: TextDecoder, chunk?: Uint8Array): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch (cause) {
    throw new BatonError('invalid_input', 'it is not UTF-8', { cause });
  }
}
