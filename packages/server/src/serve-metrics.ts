import {
  buildDefinition,
  handOverDefinition,
  type WorkflowDefinition,
  type WorkflowStore,
} from '@baton/core';
import type { Metrics } from '@baton/telemetry/metrics';
import type { MetricsConfig } from './config.ts';

/** The metrics of a server, and where they are served. */
export interface ServedMetrics {
  readonly metrics: Metrics;
  /** Whether the HTTP port serves them. */
  readonly onHttpPort: boolean;
  /** Where they are served on an address of their own. */
  readonly url: string | undefined;
  close(): Promise<void>;
}

/**
 * Counts what a server does. What counts is loaded only now: most servers tell nothing.
 *
 * @throws Error for a port that cannot be listened on.
 */
export async function openServedMetrics(
  { at, projects }: MetricsConfig,
  store: WorkflowStore,
  definitions: readonly WorkflowDefinition[] = [buildDefinition(), handOverDefinition()],
): Promise<ServedMetrics> {
  const { createMetrics, serveMetrics } = await import('@baton/telemetry/metrics');
  const metrics = createMetrics({ projects });
  metrics.watchQueues(
    store,
    definitions.flatMap(({ roles }) => Object.keys(roles)),
  );
  if (at === undefined) {
    return { metrics, onHttpPort: true, url: undefined, close: async () => metrics.stop() };
  }
  try {
    const { url, close } = await serveMetrics(metrics, at);
    return { metrics, onHttpPort: false, url, close: () => close().finally(() => metrics.stop()) };
  } catch (reason) {
    metrics.stop();
    throw reason;
  }
}
