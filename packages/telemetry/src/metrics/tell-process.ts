import type { Metrics } from './metrics.ts';

/** What Prometheus' clients tell of every process, under the same names. */
export function tellProcess({ count, set }: Pick<Metrics, 'count' | 'set'>): () => void {
  let told = 0;
  const startedAt = Date.now() / 1000 - process.uptime();
  return () => {
    const { user, system } = process.cpuUsage();
    const seconds = (user + system) / 1e6;
    count('cpuSeconds', {}, seconds - told);
    told = seconds;
    const { rss, heapUsed } = process.memoryUsage();
    set('memoryBytes', {}, rss);
    set('heapBytes', {}, heapUsed);
    set('startTime', {}, startedAt);
  };
}
