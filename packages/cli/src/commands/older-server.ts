import { BatonError } from '@baton/core';
import type { Terminal } from '../output/terminal.ts';

/**
 * What an operation answers that only adds to what a command shows. Undefined where a server of an older version does not
 * know it: the command says so, and shows the rest.
 *
 * @param what that is not shown then, in words.
 */
export async function unlessOlder<T>(
  answer: Promise<T>,
  what: string,
  terminal: Pick<Terminal, 'note'>,
): Promise<T | undefined> {
  try {
    return await answer;
  } catch (reason) {
    const { unknownMethod } = BatonError.from(reason).metadata;
    if (unknownMethod === undefined) throw reason;
    terminal.note(
      `without ${what}: the server is older than this command, and does not know ${unknownMethod}`,
    );
    return undefined;
  }
}
