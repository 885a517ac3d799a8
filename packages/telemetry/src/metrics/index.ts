export { createMetrics, type MetricsOptions } from './create-metrics.ts';
export type { LabelsOf, MetricKey } from './metric-table.ts';
export type { Metrics } from './metrics.ts';
export { type MetricsServer, type MetricsServerOptions, serveMetrics } from './serve-metrics.ts';
