import { ApiError } from './api-error.ts';
import { type Body, isObject } from './request-body.ts';

const END = /\r\n\r\n|\n\n|\r\r/g;
/** Longer than any end of an event, less one. */
const OVERLAP = 3;
const MOST_CHARACTERS = 16 * 1024 * 1024;

/** Takes a stream of server-sent events apart; an event is handed on whole, as it stands. */
export function createEventSplitter() {
  const decoder = new TextDecoder();
  let pending = '';
  return {
    /** @throws ApiError 502 for an event of more than 16 Mi characters. */
    add(bytes: Uint8Array): string[] {
      let from = Math.max(0, pending.length - OVERLAP);
      pending += decoder.decode(bytes, { stream: true });
      const events: string[] = [];
      let start = 0;
      END.lastIndex = from;
      while (END.exec(pending) !== null) {
        from = END.lastIndex;
        events.push(pending.slice(start, from));
        start = from;
      }
      pending = pending.slice(start);
      if (pending.length > MOST_CHARACTERS) {
        throw new ApiError(502, `an event of the provider has over ${MOST_CHARACTERS} characters`);
      }
      return events;
    },
    /** What is left at the end of the stream. */
    end: () => pending + decoder.decode(),
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

export function parseObject(text: string): Body | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
