import type { RoleContext } from '@baton/core';
import { streamOf } from '@baton/core/internal';

/** Condenses streamed texts into a few progress messages. */
export interface TextProgress {
  add(delta: string): void;
  /** Ends a text. When it was cut off, its last line is dropped, because it may end with half a secret. */
  end(how: 'whole' | 'cut'): void;
}

/** What texts are told to, and by which secrets are masked in them. */
export type TextContext = Pick<RoleContext, 'progress' | 'redact'>;

/** Characters to collect before the next message. */
const EACH = 600;
/** Characters without the end of a line that are collected at most. */
const MOST = 64 * 1024;
/** Characters of a message, which shows the end of the text. */
const SHOWN = 200;

/**
 * Messages end at the end of a line and are truncated after masking, because half a secret is not recognized.
 * All texts are masked as one stream of lines: a key may begin in one text and end in the next.
 */
export function createTextProgress({
  progress,
  redact = (text) => text,
}: TextContext): TextProgress {
  let stream = streamOf(redact);
  let pending = '';
  let hasLine = false;

  function emit(text: string): void {
    const line = text.replace(/\s+/g, ' ').trim();
    if (line !== '')
      progress(line.length <= SHOWN ? line : `…${line.slice(-SHOWN).toWellFormed()}`);
  }

  return {
    add(delta) {
      const text = stream.add(delta);
      pending += text;
      hasLine ||= text.includes('\n');
      if (pending.length < EACH || !(hasLine || pending.length > MOST)) return;
      const end = hasLine ? pending.lastIndexOf('\n') + 1 : pending.length;
      emit(pending.slice(0, end));
      pending = pending.slice(end);
      hasLine = false;
    },
    end(how) {
      const isCut = how === 'cut';
      const text = pending + (isCut ? stream.end('\n') : stream.add('\n'));
      // What follows a text that was cut off does not go on with it: nothing of it is held back.
      if (isCut) stream = streamOf(redact);
      pending = '';
      hasLine = false;
      emit(!isCut ? text : text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1));
    },
  };
}
