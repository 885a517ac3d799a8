import { setTimeout as wait } from 'node:timers/promises';
import type { Answers, Health, Listening, Stall } from './server-under-test.ts';

/** How often the event loop has to come by. */
const TURN_MS = 5;
/** The forced collection's own turn is over by then. */
const SETTLED_MS = 20;

/** Answers the parent process's questions after how this one fares. */
export function tellHealth(listening: Listening): void {
  const stalls = watchStalls();
  process.on('message', async (question: keyof Answers) => {
    if (question === 'stall') {
      process.send?.(stalls.take());
      return;
    }
    const before = stalls.take();
    globalThis.gc?.();
    await wait(SETTLED_MS);
    // The collection above is not the server's doing.
    stalls.take();
    stalls.add(before);
    const { heapUsed, rss } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    process.send?.({ heapUsed, rss, cpuMs: (user + system) / 1000 } satisfies Health);
  });
  process.on('disconnect', () => process.exit(0));
  process.send?.(listening);
}

/**
 * Measures the longest work between two turns of the event loop, in time of the processor: a thread that
 * the machine has no time for does not come by either, but stalls nothing.
 */
function watchStalls(): { take(): Stall; add(stall: Stall): void } {
  let longest = NONE;
  let before = threadMs();
  let from = Date.now();
  const add = (stall: Stall) => {
    if (stall.ms > longest.ms) longest = stall;
  };
  const look = () => {
    const now = threadMs();
    const to = Date.now();
    add({ ms: now - before, from, to });
    before = now;
    from = to;
  };
  setInterval(look, TURN_MS).unref();
  return {
    add,
    take() {
      look();
      const found = longest;
      longest = NONE;
      return found;
    },
  };
}

const NONE: Stall = { ms: 0, from: 0, to: 0 };

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
