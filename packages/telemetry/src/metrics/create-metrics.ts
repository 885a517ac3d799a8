import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { watchEventLoop } from './event-loop.ts';
import { createLabelValues } from './label-values.ts';
import { measuredStore } from './measured-store.ts';
import { labelsOf, METRICS, type MetricKey, type MetricRow } from './metric-table.ts';
import type { Metrics } from './metrics.ts';
import { observeCommit } from './observe-commit.ts';
import { tellProcess } from './tell-process.ts';
import { tellQueues } from './tell-queues.ts';

/** Options of {@link createMetrics}. */
export interface MetricsOptions {
  /**
   * Whether builds, tokens and cost are told by project as well: 200 projects, and all others as `other`. Default
   * false: every project is some time series more.
   */
  readonly projects?: boolean | undefined;
}

/**
 * Counts what a process does.
 *
 * @example
 * import { createMemoryStore, createOrchestrator } from '@baton/core';
 * import { createServer } from '@baton/server';
 * import { createMetrics } from '@baton/telemetry/metrics';
 * const metrics = createMetrics();
 * const store = metrics.measure(await createMemoryStore());
 * metrics.watchQueues(store, ['code_writer']);
 * const orchestrator = createOrchestrator({ store, listeners: [metrics.listener] });
 * const server = await createServer({ orchestrator, metrics, grpcPort: 0, httpPort: 0 });
 * console.log(await metrics.scrape());
 * await server.stop();
 * metrics.stop();
 */
export function createMetrics({ projects = false }: MetricsOptions = {}): Metrics {
  const registry = new Registry();
  const made = Object.entries(METRICS).map(([key, row]) => [key, make(row, registry, projects)]);
  const byKey = Object.fromEntries(made) as Readonly<Record<MetricKey, Made>>;
  const bounded = createLabelValues();
  const tellers: (() => void | Promise<void>)[] = [];
  let scraping: Promise<string> | undefined;

  function labelled(metric: MetricKey, given: object): Record<string, string> {
    const values = given as Readonly<Record<string, string>>;
    const labels = labelsOf(METRICS[metric], projects);
    return Object.fromEntries(labels.map((label) => [label, bounded(label, values[label] ?? '')]));
  }

  async function scrape(): Promise<string> {
    try {
      await Promise.all(tellers.map((tell) => tell()));
      return await registry.metrics();
    } finally {
      scraping = undefined;
    }
  }

  const metrics: Metrics = {
    contentType: registry.contentType,
    listener: {
      onCommitted: (after, events, before) => observeCommit(metrics, before, after, events),
    },
    measure: (store) => measuredStore(store, metrics),
    watchQueues: (store, roles) => metrics.onScrape(tellQueues(metrics, store, roles)),
    count: (metric, labels, by = 1) => {
      (byKey[metric] as Counter).inc(labelled(metric, labels), by);
    },
    observe: (metric, labels, value) => {
      (byKey[metric] as Histogram).observe(labelled(metric, labels), value);
    },
    set: (metric, labels, value) => (byKey[metric] as Gauge).set(labelled(metric, labels), value),
    onScrape: (tell) => void tellers.push(tell),
    scrape() {
      scraping ??= scrape();
      return scraping;
    },
    stop: () => loop.stop(),
  };
  const loop = watchEventLoop(metrics);
  metrics.onScrape(loop.tell);
  metrics.onScrape(tellProcess(metrics));
  return metrics;
}

type Made = Counter | Gauge | Histogram;

function make(row: MetricRow, registry: Registry, projects: boolean): Made {
  const { name, help, kind, buckets = [] } = row;
  const labelNames = [...labelsOf(row, projects)];
  const common = { name, help, labelNames, registers: [registry] };
  switch (kind) {
    case 'counter':
      return new Counter(common);
    case 'gauge':
      return new Gauge(common);
    case 'histogram':
      return new Histogram({ ...common, buckets: [...buckets] });
  }
}
