import { TextDecoder } from 'node:util';
import { BatonError } from '../model/errors.ts';

/**
 * The lines of a file in UTF-8, without their ends. Only LF ends a line: JSON may contain what others
 * take for the end of one.
 *
 * @param mostCharacters that a line has; default: any number.
 * @throws BatonError `invalid_input` for what is not UTF-8, for a line that is longer, and when the last line has no end.
 */
export async function* splitLines(
  chunks: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>,
  mostCharacters = Number.POSITIVE_INFINITY,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let pending = '';
  for await (const chunk of chunks) {
    pending += typeof chunk === 'string' ? chunk : decode(decoder, chunk);
    let start = 0;
    for (let end = pending.indexOf('\n'); end !== -1; end = pending.indexOf('\n', start)) {
      yield pending.slice(start, end);
      start = end + 1;
    }
    pending = pending.slice(start);
    if (pending.length > mostCharacters) {
      const message = `a line has more than ${mostCharacters} characters`;
      throw new BatonError('invalid_input', message);
    }
  }
  pending += decode(decoder);
  if (pending !== '') throw new BatonError('invalid_input', 'the last line is cut off');
}

/** The rest, without a chunk. */
function decode(decoder: TextDecoder, chunk?: Uint8Array): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch (cause) {
    throw new BatonError('invalid_input', 'it is not UTF-8', { cause });
  }
}
