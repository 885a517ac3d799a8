import { performance } from 'node:perf_hooks';
import type { Metrics } from './metrics.ts';

/** Milliseconds between two looks at the time. */
const EVERY_MS = 20;
/** Milliseconds beyond those that count as a stall. */
const STALL_MS = 50;

/** Observes the stalls of the event loop, and tells how busy it is. */
export function watchEventLoop(metrics: Pick<Metrics, 'observe' | 'set'>): {
  tell(): void;
  stop(): void;
} {
  let last = performance.now();
  let told = performance.eventLoopUtilization();
  const timer = setInterval(() => {
    const now = performance.now();
    const stall = now - last - EVERY_MS;
    last = now;
    if (stall >= STALL_MS) metrics.observe('stalls', {}, stall / 1000);
  }, EVERY_MS);
  timer.unref();
  return {
    tell() {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, told);
      told = now;
      metrics.set('loopUtilization', {}, Number.isFinite(utilization) ? utilization : 0);
    },
    stop: () => clearInterval(timer),
  };
}
