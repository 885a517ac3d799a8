import type { Progress, WatchRequest, WorkflowEvent } from '@baton/core/api';
import { BatonError } from '@baton/core/errors';
import type { WorkflowService } from '@baton/proto';
import { watch as mapped } from '@baton/wire';
import type { Client } from '@connectrpc/connect';
import type { CallSettings } from './client-options.ts';
import { toBatonError } from './errors.ts';
import { isWorthAnother, pauseAfter } from './repeat.ts';

export interface WatchOver {
  readonly workflows: Client<typeof WorkflowService>;
  readonly settings: CallSettings;
  /** Aborts when the client is closed. Open watches then fail with an error. */
  readonly closed: AbortSignal;
  /** Leaves a connection that is dead, so that the next call makes another. */
  reconnect(): void;
}

/**
 * The audit trail from a number on. A cut connection is taken up again after the last event that
 * arrived: no gap, nothing twice. It is given up where a unary call would be: when the server does not answer
 * for `retries` times in a row. Ends where the server ends it; an abort ends it without an error.
 */
export async function* watch(
  { workflows, settings, closed, reconnect }: WatchOver,
  request: WatchRequest,
  signal?: AbortSignal,
  onProgress?: (progress: Progress) => void,
): AsyncGenerator<WorkflowEvent, void, undefined> {
  const { retries, timeoutMs, address } = settings;
  const ended = signal === undefined ? closed : AbortSignal.any([closed, signal]);
  const includeProgress = onProgress !== undefined;
  const message = { ...mapped.request.encodeChecked(request), includeProgress };
  let after = request.afterSequence ?? 0;
  for (let failures = 0; ; failures++) {
    message.afterSequence = after;
    const liveness = createLiveness(timeoutMs);
    try {
      const stream = workflows.watchWorkflow(message, {
        // A watch has no deadline.
        timeoutMs: 0,
        signal: AbortSignal.any([ended, liveness.signal]),
        onHeader(headers) {
          // The server is there, however little it has to say: a broken stream is no failure of its.
          failures = 0;
          liveness.answered(headers);
        },
      });
      for await (const { event, progress } of stream) {
        liveness.heard();
        if (progress !== undefined) tell(onProgress, mapped.progress.decode(progress));
        if (event === undefined || event.sequence <= after) continue;
        yield mapped.event.decode(event);
        after = event.sequence;
      }
      return;
    } catch (reason) {
      if (signal?.aborted) return;
      const isDead = liveness.signal.aborted && !closed.aborted;
      if (isDead) reconnect();
      const fault = isDead ? liveness.signal.reason : reason;
      const error = toBatonError(fault, { address, signal: closed, request: message.$typeName });
      if (!isWorthAnother(error) || failures >= retries) throw error;
    } finally {
      liveness.end();
    }
    await pauseAfter(failures + 1, settings, ended).catch((reason) => {
      if (!signal?.aborted) throw reason;
    });
    if (signal?.aborted) return;
  }
}

/** What a listener throws is no failure of the connection: it must not be taken for one. */
function tell(listener: ((progress: Progress) => void) | undefined, progress: Progress): void {
  try {
    listener?.(progress);
  } catch (cause) {
    throw new BatonError('internal', 'the listener for progress failed', { cause });
  }
}

/** What a server says of its streams: seconds after which a quiet one sends a heartbeat. */
const HEARTBEAT_HEADER = 'baton-heartbeat-seconds';
/** Heartbeats that may be missing before a connection counts as dead. */
const MOST_MISSING = 3;

/** Whether a stream is alive. */
interface Liveness {
  /** Aborts when nothing has come for so long that the connection must be dead. */
  readonly signal: AbortSignal;
  /** The server has answered. */
  answered(headers: Headers): void;
  heard(): void;
  /** Ends the call, too: by the end of its iterator alone it would go on. */
  end(): void;
}

/**
 * Of a server that has answered without saying when it sends heartbeats nothing is expected.
 *
 * @param answerMs how long the server may take to answer.
 */
function createLiveness(answerMs: number): Liveness {
  const dead = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let heartbeat: number | undefined;
  const die = (message: string): void => dead.abort(new BatonError('unavailable', message));
  const wait = (ms: number, message: string): void => {
    clearTimeout(timer);
    timer = setTimeout(() => die(message), ms);
  };
  const heard = (): void => {
    clearTimeout(timer);
    if (heartbeat === undefined) return;
    const seconds = heartbeat * MOST_MISSING;
    const expected = `though the server sends a heartbeat each ${heartbeat} s`;
    wait(seconds * 1000, `the stream is dead: nothing came for ${seconds} s, ${expected}`);
  };
  wait(answerMs, `the server did not answer for ${answerMs / 1000} s`);
  return {
    signal: dead.signal,
    answered(headers) {
      const seconds = Number(headers.get(HEARTBEAT_HEADER));
      heartbeat = seconds > 0 && seconds < 86_400 ? seconds : undefined;
      heard();
    },
    heard,
    end() {
      clearTimeout(timer);
      dead.abort();
    },
  };
}
