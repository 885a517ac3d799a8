import type { WorkflowListener, WorkflowStore } from '@baton/core';
import type { LabelsOf, MetricKey } from './metric-table.ts';

/** What a process counts, for Prometheus. docs/reference/metrics.md has every metric. */
export interface Metrics {
  /** For an orchestrator: counts claims, attempts, builds and what they used, each where it was committed. */
  readonly listener: WorkflowListener;
  /** The same store, with its commits counted. */
  measure<S extends WorkflowStore>(store: S): S;
  /** Tells of what waits for these roles. The store is asked at a scrape, and at most once in some seconds. */
  watchQueues(store: Pick<WorkflowStore, 'readQueues' | 'now'>, roles: readonly string[]): void;
  /** Adds to a counter. */
  count<K extends MetricKey>(metric: K, labels: LabelsOf<K>, by?: number): void;
  /** Adds a value to a histogram. */
  observe<K extends MetricKey>(metric: K, labels: LabelsOf<K>, value: number): void;
  /** Sets a gauge. */
  set<K extends MetricKey>(metric: K, labels: LabelsOf<K>, value: number): void;
  /** Calls `tell` before each scrape, to set what is told as it is. */
  onScrape(tell: () => void | Promise<void>): void;
  /** The content type of what `scrape` resolves to. */
  readonly contentType: string;
  /** Everything, in Prometheus' text format 0.0.4. Scrapes that come together get the same. */
  scrape(): Promise<string>;
  /** Ends what watches the process. */
  stop(): void;
}
