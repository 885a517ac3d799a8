import { networkThreads, otherThreads, watchThread } from './processor.ts';

/** A point in time, as far as waiting goes. */
export interface Moment {
  readonly atMs: number;
  /** How long the server has worked. */
  readonly serverRanMs: number;
  /** How long this process has worked, or waited for a processor: it looks at no answer meanwhile. */
  readonly awayMs: number;
  /** How long all other threads that take part have waited for a processor. */
  readonly starvedMs: number;
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
      let starvedMs = waitedMs;
      for (const thread of others) starvedMs += thread.read().waitedMs;
      const awayMs = own.waitedMs + own.ranMs;
      return { atMs: performance.now(), serverRanMs: ranMs, awayMs, starvedMs };
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
    awayMs: between(before.awayMs, after.awayMs),
    starvedMs: between(before.starvedMs, after.starvedMs),
  };
}

/**
 * How long the server made a call wait that was due at `from` and answered at `to`.
 *
 * Not the server's is the time in which this process was away, and in which a thread of the server or of what
 * carries packets was ready to run and the machine ran others. All other time is the server's: what its main
 * thread worked, even while others were starved, and what it let pass with nothing to do. On an idle machine that
 * is all but what this process works.
 */
export function servedInMs(from: Moment, to: Moment): number {
  const watchedMs = Math.max(0, to.atMs - from.atMs - (to.awayMs - from.awayMs));
  const workedMs = Math.min(watchedMs, to.serverRanMs - from.serverRanMs);
  return Math.max(watchedMs - (to.starvedMs - from.starvedMs), workedMs);
}
