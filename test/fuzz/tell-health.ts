import { setTimeout as wait } from 'node:timers/promises';
import type { BatonServer } from '@baton/server';

/** How often the event loop has to come by. */
const TURN_MS = 5;
/** The forced collection's own turn is over by then. */
const SETTLED_MS = 20;

/** Answers the parent process's questions after how this one fares. */
export function tellHealth(server: BatonServer): void {
  const stalls = watchStalls();
  process.on('message', async () => {
    const stalledMs = stalls.take();
    globalThis.gc?.();
    await wait(SETTLED_MS);
    // The collection above is not the server's doing.
    stalls.take();
    const { heapUsed, rss } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    process.send?.({ kind: 'health', stalledMs, heapUsed, rss, cpuMs: (user + system) / 1000 });
  });
  process.on('disconnect', () => process.exit(0));
  process.send?.({ kind: 'ready', grpcPort: server.grpcPort, httpPort: server.httpPort });
}

/**
 * Measures the longest work between two turns of the event loop, in time of the processor: a thread that
 * the machine has no time for does not come by either, but stalls nothing.
 */
function watchStalls(): { take(): number } {
  let longest = 0;
  let before = threadMs();
  const look = () => {
    const now = threadMs();
    longest = Math.max(longest, now - before);
    before = now;
  };
  setInterval(look, TURN_MS).unref();
  return {
    take() {
      look();
      const found = longest;
      longest = 0;
      return found;
    },
  };
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
