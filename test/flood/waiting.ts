import { networkThreads, watchProcessor } from './processor.ts';

/** A point in time, as far as waiting goes. */
export interface Moment {
  readonly atMs: number;
  /** How long the server has worked. */
  readonly serverRanMs: number;
  /** How long the server has not worked for reasons that are not its own. */
  readonly othersMs: number;
}

/** Tells what time it is for a call that this process makes to the server. */
export function watchMoments(serverPid: number): () => Moment {
  const [ofServer, ofSelf] = [watchProcessor(serverPid), watchProcessor(process.pid)];
  const ofNetwork = networkThreads().map(watchProcessor);
  return () => {
    const [server, self] = [ofServer(), ofSelf()];
    let othersMs = server.waitedMs + self.waitedMs + self.ranMs;
    for (const thread of ofNetwork) othersMs += thread().waitedMs;
    return { atMs: performance.now(), serverRanMs: server.ranMs, othersMs };
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
 * Not the server's is the time in which it, this process, or what carries packets between them was ready to run
 * and the machine did something else, and what this process worked. All other time is the server's: what it
 * worked, on whatever, and what it let pass with nothing to do. On an idle machine that is all of it.
 */
export function servedInMs(from: Moment, to: Moment): number {
  const waitedMs = to.atMs - from.atMs;
  const workedMs = Math.min(waitedMs, to.serverRanMs - from.serverRanMs);
  return Math.max(waitedMs - (to.othersMs - from.othersMs), workedMs);
}
