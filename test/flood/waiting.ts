import { networkThreads, otherThreads, watchThread } from './processor.ts';

/** A point in time, as far as waiting for a server goes. */
export interface Moment {
  readonly atMs: number;
  /** Time that the machine took from neither side, so far. Grows less than it should while threads are starved. */
  readonly freeMs: number;
  /** Time that the server's main thread worked while this process would have seen an answer, so far. */
  readonly workedMs: number;
}

/** Counters since the start of a process, for the server, this process and all other threads. */
export interface Counts {
  readonly atMs: number;
  readonly serverRanMs: number;
  /** How long this process has worked or waited for a processor, and so read no answer. */
  readonly awayMs: number;
  /** How long all other threads have waited for a processor. */
  readonly starvedMs: number;
}

export interface Moments {
  now(): Moment;
  close(): void;
}

/** Tells what time it is for calls that this process makes to a server on this machine. Ask often. */
export function watchMoments(serverPid: number): Moments {
  const [server, self] = [watchThread(serverPid), watchThread(process.pid)];
  // The server waits for its other threads, too.
  const ids = [...otherThreads(serverPid), ...otherThreads(process.pid), ...networkThreads()];
  const others = ids.map(watchThread);
  const count = (): Counts => {
    const [{ ranMs, waitedMs }, own] = [server.read(), self.read()];
    let starvedMs = waitedMs;
    for (const thread of others) starvedMs += thread.read().waitedMs;
    const awayMs = own.waitedMs + own.ranMs;
    return { atMs: performance.now(), serverRanMs: ranMs, awayMs, starvedMs };
  };
  let counts = count();
  let moment: Moment = { atMs: counts.atMs, freeMs: 0, workedMs: 0 };
  return {
    now() {
      const later = count();
      moment = momentAfter(moment, counts, later);
      counts = later;
      return moment;
    },
    close() {
      for (const thread of [server, self, ...others]) thread.close();
    },
  };
}

export function momentAfter(moment: Moment, before: Counts, after: Counts): Moment {
  const watchedMs = Math.max(0, after.atMs - before.atMs - (after.awayMs - before.awayMs));
  return {
    atMs: after.atMs,
    freeMs: moment.freeMs + watchedMs - (after.starvedMs - before.starvedMs),
    workedMs: moment.workedMs + Math.min(watchedMs, after.serverRanMs - before.serverRanMs),
  };
}

/** What it was at `atMs`, between two known moments. */
export function momentAt(atMs: number, before: Moment, after: Moment): Moment {
  const gapMs = after.atMs - before.atMs;
  const share = gapMs === 0 ? 1 : (atMs - before.atMs) / gapMs;
  const between = (from: number, to: number) => from + (to - from) * share;
  return {
    atMs,
    freeMs: between(before.freeMs, after.freeMs),
    workedMs: between(before.workedMs, after.workedMs),
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
  return Math.max(to.freeMs - from.freeMs, to.workedMs - from.workedMs);
}
