import { type Measured, percentile, ratioOf } from './compare.ts';
import type { Load } from './load-meter.ts';

const NAME_WIDTH = 44;

const cell = (text: string): string => text.padStart(9);

function printRow(name: string, cells: readonly string[]): void {
  console.log(`${name.padEnd(NAME_WIDTH)}${cells.map(cell).join('')}`);
}

/** @param beside pairs of names: the rate of the first in terms of the second's. */
export function printMeasured(
  what: string,
  rows: readonly Measured[],
  beside: readonly (readonly [string, string])[] = [],
): void {
  const rate = (value: number): string => Math.round(value).toLocaleString('en');
  const ms = (value: number): string => (Number.isNaN(value) ? '-' : value.toFixed(2));
  printRow(what, ['median', 'min', 'max', 'p50 ms', 'p99 ms']);
  for (const { name, rates, latencies } of rows) {
    const of = (share: number): string => rate(percentile(rates, share));
    const after = (share: number): string => ms(percentile(latencies, share));
    printRow(name, [of(0.5), of(0), of(1), after(0.5), after(0.99)]);
  }
  for (const [one, other] of beside) {
    const { median, least, greatest } = ratioOf(named(rows, one), named(rows, other));
    const range = `${least.toFixed(2)} to ${greatest.toFixed(2)}`;
    console.log(`  ${one} / ${other} = ${median.toFixed(2)} (${range})`);
  }
}

function named(rows: readonly Measured[], name: string): Measured {
  const found = rows.find((row) => row.name === name);
  if (found === undefined) throw new Error(`'${name}' was not measured`);
  return found;
}

export interface Loads {
  readonly name: string;
  readonly server: Load;
  readonly client: Load;
}

/** Where the last run spent its time. What is near 100 % is what limits it. */
export function printLoads(rows: readonly Loads[]): void {
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  printRow('busy, of the time', ['client', 'server', 'COMMIT', 'a batch']);
  for (const { name, client, server } of rows) {
    const { loop, committing, commitsPerBatch } = server;
    const batch = commitsPerBatch === 0 ? '-' : commitsPerBatch.toFixed(1);
    printRow(name, [percent(client.loop), percent(loop), percent(committing), batch]);
  }
}
