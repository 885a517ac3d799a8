import { BatonError } from '@baton/core/errors';

/** What a server says of its streams: seconds after which a quiet one sends a heartbeat. */
const HEARTBEAT_HEADER = 'baton-heartbeat-seconds';
/** Heartbeats that may be missing before a connection counts as dead. */
const MOST_MISSING = 3;

/** Whether a stream is alive. */
export interface Liveness {
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
export function createLiveness(answerMs: number): Liveness {
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
