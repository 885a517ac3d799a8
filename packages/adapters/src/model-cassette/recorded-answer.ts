import { isUtf8 } from 'node:buffer';
import { createEventSplitter, parseObject } from '../gateway/event-splitter.ts';
import { mergeDeltas, type StreamEvent } from './merge-deltas.ts';
import type { RecordedAnswer } from './model-cassette.ts';

/** An answer at the border of a provider. */
export interface ModelReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array>;
}

const STREAM = 'text/event-stream';

/** @param change masks secrets, and puts names in the place of this run's values. */
export function toRecorded(
  { status, headers }: Pick<ModelReply, 'status' | 'headers'>,
  bytes: Buffer,
  change: (text: string) => string,
): RecordedAnswer {
  const contentType = headers['content-type'] ?? '';
  const head = { status, contentType };
  if (!isUtf8(bytes)) return { ...head, base64: bytes.toString('base64') };
  const text = bytes.toString('utf8');
  if (!contentType.startsWith(STREAM)) return { ...head, body: change(text) };
  const splitter = createEventSplitter();
  const events = [...splitter.add(bytes), splitter.end()].map(parse);
  const present = events.filter((event) => event !== undefined);
  return { ...head, events: JSON.parse(change(JSON.stringify(mergeDeltas(present)))) };
}

/** @param change puts this run's values in the place of their names. */
export function toReply(
  { status, contentType, events, body, base64 }: RecordedAnswer,
  change: (text: string) => string,
): ModelReply {
  const parts =
    events?.map((event) => Buffer.from(written(event, change))) ??
    (base64 === undefined ? [Buffer.from(change(body ?? ''))] : [Buffer.from(base64, 'base64')]);
  async function* stream(): AsyncGenerator<Uint8Array> {
    yield* parts;
  }
  return { status, headers: { 'content-type': contentType }, body: stream() };
}

/** Undefined for what is no more than a comment. */
function parse(text: string): StreamEvent | undefined {
  const lines = text.split(/\r\n|\n|\r/);
  const fieldOf = (field: string) =>
    lines
      .filter((line) => line.startsWith(`${field}:`))
      .map((line) => line.slice(field.length + 1).replace(/^ /, ''))
      .join('\n');
  const data = fieldOf('data');
  if (data === '') return undefined;
  const event = fieldOf('event');
  return { ...(event !== '' && { event }), data: parseObject(data) ?? data };
}

function written({ event, data }: StreamEvent, change: (text: string) => string): string {
  const name = event === undefined ? '' : `event: ${event}\n`;
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  return `${name}data: ${change(text)}\n\n`;
}
