import type { Redact } from '@baton/core';
import { streamOf } from '@baton/core/internal';

/** Condenses texts that come in pieces, one after another, into a few messages. */
export interface TextProgress {
  add(delta: string): void;
  /** Ends a text. Of one that was cut off the last line is dropped: it may end in half a secret. */
  end(how: 'whole' | 'cut'): void;
}

/** Characters that are waited for before the next message. */
const EACH = 600;
/** Characters of a message: its end is what is going on now. */
const SHOWN = 200;

/**
 * Messages end where a line ends, and are cut after they were masked: a secret that is there half
 * would not be known as one. The texts are masked as the lines of one, for a key may begin in one of
 * them and end in another.
 */
export function createTextProgress(
  progress: (message: string) => void,
  redact: Redact,
): TextProgress {
  let stream = streamOf(redact);
  let pending = '';

  function emit(text: string): void {
    const line = text.replace(/\s+/g, ' ').trim();
    if (line !== '')
      progress(line.length <= SHOWN ? line : `…${line.slice(-SHOWN).toWellFormed()}`);
  }

  return {
    add(delta) {
      pending += stream.add(delta);
      if (pending.length < EACH) return;
      const end = pending.lastIndexOf('\n') + 1;
      emit(pending.slice(0, end));
      pending = pending.slice(end);
    },
    end(how) {
      const isCut = how === 'cut';
      const text = pending + (isCut ? stream.end('\n') : stream.add('\n'));
      // What follows a text that was cut off does not go on with it: nothing of it is held back.
      if (isCut) stream = streamOf(redact);
      pending = '';
      emit(!isCut ? text : text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1));
    },
  };
}
