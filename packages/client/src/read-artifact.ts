import type { ReadArtifactRequest } from '@baton/core/api';
import { BatonError } from '@baton/core/errors';
import type { ArtifactService } from '@baton/proto';
import { readArtifact as mapped } from '@baton/wire';
import type { Client } from '@connectrpc/connect';
import type { CallSettings } from './client-options.ts';
import { toBatonError } from './errors.ts';
import { isWorthAnother, pauseAfter } from './repeat.ts';

export interface ReadOver {
  readonly artifacts: Client<typeof ArtifactService>;
  readonly settings: CallSettings;
  /** Aborts when the client is closed. */
  readonly closed: AbortSignal;
}

/**
 * The content of an artifact. A cut connection is taken up again after the last byte that arrived: content does
 * not change. It is given up when the server does not answer for `retries` times in a row.
 */
export async function* readArtifact(
  { artifacts, settings, closed }: ReadOver,
  request: ReadArtifactRequest,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { retries, timeoutMs, address } = settings;
  const ended = signal === undefined ? closed : AbortSignal.any([closed, signal]);
  let from = request.from ?? 0;
  for (let failures = 0; ; ) {
    const message = mapped.request.encodeChecked({ ...request, from });
    const quiet = new AbortController();
    const stream = artifacts
      .readArtifact(message, { timeoutMs: 0, signal: AbortSignal.any([ended, quiet.signal]) })
      [Symbol.asyncIterator]();
    try {
      for (;;) {
        // A caller may take its time with a piece: only the server's counts.
        const timer = setTimeout(() => quiet.abort(silence(timeoutMs)), timeoutMs);
        const next = await stream.next().finally(() => clearTimeout(timer));
        if (next.done) return;
        failures = 0;
        yield next.value.content;
        from += next.value.content.length;
      }
    } catch (reason) {
      const fault = quiet.signal.aborted && !ended.aborted ? quiet.signal.reason : reason;
      const error = toBatonError(fault, { address, signal: ended, request: message.$typeName });
      const isLate = error.code === 'deadline_exceeded';
      if (!(isWorthAnother(error) || isLate) || failures >= retries) throw error;
      failures += 1;
    } finally {
      // Ended by its iterator alone, the call would go on: the server holds the content for it.
      quiet.abort();
      await stream.return?.().catch(() => undefined);
    }
    await pauseAfter(failures, settings, ended);
  }
}

function silence(ms: number): BatonError {
  return new BatonError('unavailable', `the server sent nothing for ${ms / 1000} s`);
}
