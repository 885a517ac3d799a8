import { BatonError } from '@baton/core';
import { type Body, parseObject } from './json-body.ts';

/** An empty line: also where lines end in different ways, as behind some proxies. */
const END = /\n\r?\n|\r\r/g;
/** Longer than any end of an event, less one. */
const OVERLAP = 3;
const MOST_CHARACTERS = 16 * 1024 * 1024;

/** Takes a stream of server-sent events apart; an event is handed on whole, as it stands. */
export function createEventSplitter() {
  const decoder = new TextDecoder();
  // Joined once an event ends: an event of many parts is not read again with each of them.
  let parts: string[] = [];
  let tail = '';
  let characters = 0;

  function keep(text: string): void {
    parts.push(text);
    tail = `${tail}${text}`.slice(-OVERLAP);
    characters += text.length;
    if (characters <= MOST_CHARACTERS) return;
    const message = `an event of the provider has over ${MOST_CHARACTERS} characters`;
    throw new BatonError('limit_exceeded', message);
  }

  return {
    /** @throws BatonError `limit_exceeded` for an event of more than 16 Mi characters. */
    add(bytes: Uint8Array): string[] {
      const text = decoder.decode(bytes, { stream: true });
      if (`${tail}${text}`.search(END) === -1) {
        keep(text);
        return [];
      }
      const pending = `${parts.join('')}${text}`;
      const events: string[] = [];
      let start = 0;
      END.lastIndex = pending.length - text.length - tail.length;
      while (END.exec(pending) !== null) {
        events.push(pending.slice(start, END.lastIndex));
        start = END.lastIndex;
      }
      [parts, tail, characters] = [[], '', 0];
      keep(pending.slice(start));
      return events;
    },
    /** What is left at the end of the stream. */
    end: () => parts.join('') + decoder.decode(),
  };
}

/** The JSON object that an event holds; undefined when it holds none. */
export function dataOf(event: string): Body | undefined {
  const data = event
    .split(/\r\n|\n|\r/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice('data:'.length))
    .join('\n');
  return parseObject(data);
}
