import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { BatonServer } from '@baton/server';

/** Answers the parent process's questions after how this one fares. */
export function tellHealth(server: BatonServer): void {
  const delays = monitorEventLoopDelay({ resolution: 5 });
  delays.enable();
  process.on('message', () => {
    const stalledMs = delays.max / 1e6;
    globalThis.gc?.();
    // The collection above is not the server's doing.
    setTimeout(() => {
      delays.reset();
      const { heapUsed, rss } = process.memoryUsage();
      const { user, system } = process.cpuUsage();
      process.send?.({ kind: 'health', stalledMs, heapUsed, rss, cpuMs: (user + system) / 1000 });
    }, 20);
  });
  process.on('disconnect', () => process.exit(0));
  process.send?.({ kind: 'ready', grpcPort: server.grpcPort, httpPort: server.httpPort });
}
