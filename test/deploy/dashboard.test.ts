import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { METRICS, type MetricRow } from '../../packages/telemetry/src/metrics/metric-table.ts';

const FILE = join(import.meta.dirname, '../../deploy/grafana/baton.json');
const dashboard = JSON.parse(readFileSync(FILE, 'utf8')) as {
  readonly panels: readonly {
    readonly title: string;
    readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
};
const rows: readonly MetricRow[] = Object.values(METRICS);
const queries = dashboard.panels.flatMap(({ title, targets }) =>
  targets.map(({ expr, legendFormat }) => [title, expr, legendFormat] as const),
);

/** The series of a metric: of a histogram three, never the name alone. */
function seriesOf({ name, kind }: MetricRow): readonly string[] {
  return kind === 'histogram'
    ? ['bucket', 'count', 'sum'].map((part) => `${name}_${part}`)
    : [name];
}

const known = new Map(rows.flatMap((row) => seriesOf(row).map((name) => [name, row] as const)));

/** The series that a query names. */
const named = (expr: string): readonly string[] =>
  expr.match(/\b(?:baton|process|nodejs)_[a-z_]+/g) ?? [];

describe('the dashboard for Grafana', () => {
  it.each(queries)('asks for series that are told: %s: %s', (_, expr) => {
    const names = named(expr);
    expect(names).not.toEqual([]);
    expect(names.filter((name) => !known.has(name))).toEqual([]);
  });

  it.each(queries)('groups by labels that the series have: %s: %s', (_, expr, legend) => {
    const [by = ''] = [...expr.matchAll(/ by \(([^)]*)\)/g)].map(([, labels]) => labels);
    const labels = [
      ...(by === '' ? [] : by.split(',')),
      ...[...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label),
    ].map((label) => label.trim());
    const told = named(expr).flatMap((name) => known.get(name)?.labels ?? []);
    // Prometheus adds where it has scraped.
    const legal = new Set([...told, 'le', 'instance', 'job']);
    expect(labels.filter((label) => !legal.has(label))).toEqual([]);
  });

  it('shows every metric of Baton', () => {
    const shown = new Set(
      queries.flatMap(([, expr]) => named(expr).map((name) => known.get(name))),
    );
    const ours = rows.filter(({ name }) => name.startsWith('baton_'));
    expect(ours.filter((row) => !shown.has(row)).map(({ name }) => name)).toEqual([]);
  });
});
