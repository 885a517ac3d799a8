import { type ProcessorTime, watchProcessor } from './processor.ts';

/** A point in time, as far as waiting goes. */
export interface Moment {
  readonly atMs: number;
  /** How long the server has worked. */
  readonly serverRanMs: number;
  /** How long the server has waited for a processor, and this process has waited or worked. */
  readonly othersMs: number;
}

/** Tells what time it is for a call that this process makes to the server. */
export function watchMoments(serverPid: number): () => Moment {
  const [server, self] = [watchProcessor(serverPid), watchProcessor(process.pid)];
  return () => momentOf(performance.now(), server(), self());
}

function momentOf(atMs: number, server: ProcessorTime, self: ProcessorTime): Moment {
  return { atMs, serverRanMs: server.ranMs, othersMs: server.waitedMs + self.waitedMs + self.ranMs };
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
 * Not the server's is the time in which it or this process was ready to run and the machine did something else,
 * and what this process worked. All other time is: what the server worked, on whatever, and what it let pass with
 * nothing to do.
 */
export function servedInMs(from: Moment, to: Moment): number {
  const waitedMs = to.atMs - from.atMs;
  const workedMs = Math.min(waitedMs, to.serverRanMs - from.serverRanMs);
  return Math.max(waitedMs - (to.othersMs - from.othersMs), workedMs);
}
