import { untilAborted } from '@baton/core/waits';
import type { HttpResponse } from './answer.ts';

/** Resolves when the reader keeps up; rejects when it is gone or the server stops. */
export async function write(
  response: HttpResponse,
  chunk: string | Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  // An abort that has been will not come again.
  signal.throwIfAborted();
  if (response.write(chunk)) return;
  const drained = new Promise<void>((resolve) => response.once('drain', resolve));
  await untilAborted(() => drained, signal);
}
