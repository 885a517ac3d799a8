import { networkThreads, otherThreads, watchThread } from './processor.ts';

/** A point in time, as far as waiting goes. */
export interface Moment {
  readonly atMs: number;
  /** How long the server has worked. */
  readonly serverRanMs: number;
  /** How long the server has not worked for reasons that are not its own. */
  readonly othersMs: number;
}

export interface Moments {
  now(): Moment;
  close(): void;
}

/** Tells what time it is for a call that this process makes to a server on this machine. */
export function watchMoments(serverPid: number): Moments {
  const [server, self] = [watchThread(serverPid), watchThread(process.pid)];
  // The server waits for its other threads, too.
  const ids = [...otherThreads(serverPid), ...otherThreads(process.pid), ...networkThreads()];
  const others = ids.map(watchThread);
  return {
    now() {
      const [{ ranMs, waitedMs }, own] = [server.read(), self.read()];
      let othersMs = waitedMs + own.waitedMs + own.ranMs;
      for (const thread of others) othersMs += thread.read().waitedMs;
      return { atMs: performance.now(), serverRanMs: ranMs, othersMs };
    },
    close() {
      for (const thread of [server, self, ...others]) thread.close();
    },
  };
}

/** What it was at `atMs`, between two known moments. */
export function momentAt(atMs: number, before: Moment, after: Moment): Moment {
  const gapMs = after.atMs - before.atMs;
  const share = gapMs === 0 ? 1 : (atMs - before.atMs) / gapMs;
  const between = (from: number, to: number) => from + (to - from) * share;
  return {
    atMs,
    serverRanMs: between(before.serverRanMs, after.serverRanMs),
    othersMs: between(before.othersMs, after.othersMs),
  };
}

/**
 * How long the server made a call wait that was due at `from` and answered at `to`.
 *
 * Not the server's is the time in which a thread of it, of this process, or of what carries packets between them
 * was ready to run and the machine ran others, and what this process worked. All other time is the server's: what
 * its main thread worked, in any case, and what it let pass with nothing to do. On an idle machine that is all.
 */
export function servedInMs(from: Moment, to: Moment): number {
  const waitedMs = to.atMs - from.atMs;
  const workedMs = Math.min(waitedMs, to.serverRanMs - from.serverRanMs);
  return Math.max(waitedMs - (to.othersMs - from.othersMs), workedMs);
}
