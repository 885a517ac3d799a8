import type { ServerHttp2Session } from 'node:http2';

/**
 * PING and SETTINGS frames of a connection in a second. Each is answered, and each takes a few microseconds.
 * Clients that measure the path to the server send one with every reply.
 */
const MOST_A_SECOND = 10_000;

/** Calls `end` with the reason once a session has sent more of them than it may. */
export function boundControlFrames(
  session: ServerHttp2Session,
  end: (reason: string) => void,
): void {
  let frames = 0;
  let since = 0;
  const count = () => {
    const now = performance.now();
    if (now - since > 1000) {
      since = now;
      frames = 0;
    }
    frames += 1;
    if (frames === MOST_A_SECOND + 1) {
      end(`more than ${MOST_A_SECOND} PING and SETTINGS frames a second`);
    }
  };
  session.on('ping', count);
  session.on('remoteSettings', count);
}
