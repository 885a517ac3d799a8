import { METRICS, type MetricRow } from '../../packages/telemetry/src/metrics/metric-table.ts';
import { code, prose, table } from './table.ts';

/** Every metric. */
export function metricsReference(): string {
  const rows = Object.values<MetricRow>(METRICS).map(({ name, kind, labels, byProject, help }) => [
    code(name),
    kind,
    [...labels.map(code), ...(byProject ? [`(${code('project')})`] : [])].join(', '),
    prose(help),
  ]);
  return table(['metric', 'kind', 'labels', 'means'], rows);
}
