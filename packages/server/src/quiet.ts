/**
 * The first heartbeat of a stream comes soon: with it come the headers, which HTTP servers send with the first
 * message. Until then a caller can't tell a quiet stream from a server that is not there.
 */
export const FIRST_HEARTBEAT_MS = 100;

/** Whether the listener has not been called for `ms`. */
export function isQuiet(ms: number, listen: (listener: () => void) => void): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), ms);
    listen(() => {
      clearTimeout(timer);
      resolve(false);
    });
  });
}
