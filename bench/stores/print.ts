import type { Load } from '../load-meter.ts';
import type { Sampled } from './sample.ts';

const NAME_WIDTH = 44;

const cell = (text: string): string => text.padStart(9);

function printRow(name: string, cells: readonly string[]): void {
  console.log(`${name.padEnd(NAME_WIDTH)}${cells.map(cell).join('')}`);
}

export function printSampled(what: string, rows: readonly Sampled[]): void {
  const rate = (value = 0): string => Math.round(value).toLocaleString('en');
  const ms = (value: number): string => (value === 0 ? '-' : value.toFixed(2));
  printRow(what, ['median', 'min', 'max', 'p50 ms', 'p99 ms']);
  for (const { name, median, rates, p50, p99 } of rows) {
    printRow(name, [rate(median), rate(rates[0]), rate(rates.at(-1)), ms(p50), ms(p99)]);
  }
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
