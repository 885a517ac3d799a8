import { performance } from 'node:perf_hooks';
import type { WorkflowStore } from '@baton/core';

/** Where the time of a process went, as shares of the time since {@link LoadMeter.mark}. */
export interface Load {
  /** In which the event loop had something to do: at 1 the process can do no more. */
  readonly loop: number;
  /** In which the store had at least one batch of commits under way. */
  readonly committing: number;
  readonly commitsPerBatch: number;
  /** Milliseconds of processor time, of all threads of the process. */
  readonly cpuMs: number;
}

export interface LoadMeter {
  mark(): void;
  read(): Load;
  /** The same store, whose commits are counted. */
  watch(store: WorkflowStore): WorkflowStore;
}

export function createLoadMeter(): LoadMeter {
  let since = performance.now();
  let loop = performance.eventLoopUtilization();
  let cpu = process.cpuUsage();
  let underWay = 0;
  let busySince = since;
  let busyMs = 0;
  let batches = 0;
  let commits = 0;

  return {
    mark() {
      since = performance.now();
      loop = performance.eventLoopUtilization();
      cpu = process.cpuUsage();
      busySince = since;
      busyMs = batches = commits = 0;
    },
    read() {
      const now = performance.now();
      const { user, system } = process.cpuUsage(cpu);
      const busy = busyMs + (underWay === 0 ? 0 : now - busySince);
      return {
        loop: performance.eventLoopUtilization(loop).utilization,
        committing: busy / (now - since),
        commitsPerBatch: batches === 0 ? 0 : commits / batches,
        cpuMs: (user + system) / 1000,
      };
    },
    watch: (store) => ({
      ...store,
      async commit(batch) {
        if (underWay++ === 0) busySince = performance.now();
        batches++;
        commits += batch.length;
        try {
          return await store.commit(batch);
        } finally {
          if (--underWay === 0) busyMs += performance.now() - busySince;
        }
      },
    }),
  };
}
