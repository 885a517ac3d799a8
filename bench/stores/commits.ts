import { createOrchestrator, type WorkflowStore } from '@baton/core';
import type { Backend } from './backend.ts';
import { advances, batonCandidate } from './baton-candidate.ts';
import { type Sampled, sampledInTurn, timedJobs } from './sample.ts';

/** Workflows that advance at once, and builds of ten commits a run. */
const LOADS = [
  { atOnce: 1, builds: 40 },
  { atOnce: 64, builds: 384 },
] as const;

/** Commits a second through an orchestrator, beside the same writes by the driver alone. */
export async function compareCommits(backend: Backend, rounds: number): Promise<void> {
  for (const { atOnce, builds } of LOADS) {
    const name = `Baton on ${backend.name}, ${atOnce} at once`;
    const floors = await backend.floors(atOnce, builds);
    const candidates = [batonCandidate(name, backend, atOnce, builds), ...floors];
    const sampled = await sampledInTurn(candidates, rounds);
    printSampled([...sampled.values()]);
    for (const floor of floors) {
      const ratio = (sampled.get(name)?.median ?? 0) / (sampled.get(floor.name)?.median ?? 1);
      console.log(`  ${name} / ${floor.name} = ${ratio.toFixed(2)}`);
    }
    const trips = await roundTrips(backend, atOnce);
    if (trips !== undefined)
      console.log(`  round trips a commit, at the wire: ${trips.toFixed(2)}`);
    console.log();
  }
}

/** Whether more batches on their way at once help. */
export async function compareParallelBatches(backend: Backend, rounds: number): Promise<void> {
  for (const atOnce of [64, 256]) {
    const candidates = [1, 2, 3, 4].map((parallelBatches) => {
      const name = `${backend.name}, ${atOnce} at once, ${parallelBatches} batches under way`;
      const alter = (store: WorkflowStore): WorkflowStore => ({
        ...store,
        capabilities: { ...store.capabilities, parallelBatches },
      });
      return batonCandidate(name, backend, atOnce, 2 * atOnce, alter);
    });
    printSampled([...(await sampledInTurn(candidates, rounds)).values()]);
    console.log();
  }
}

async function roundTrips({ wire }: Backend, atOnce: number): Promise<number | undefined> {
  if (wire === undefined) return undefined;
  const store = await wire.open();
  const jobs = await advances(createOrchestrator({ store }), atOnce);
  // Behind what the starts left to be done in the background.
  await store.readStats('bench');
  const before = wire.roundTrips();
  const { operations } = await timedJobs(jobs, atOnce);
  const trips = wire.roundTrips() - before;
  await store.close();
  return trips / operations;
}

function printSampled(rows: readonly Sampled[]): void {
  const rate = (value = 0): string => Math.round(value).toLocaleString('en').padStart(9);
  const ms = (value: number): string => (value === 0 ? '-' : value.toFixed(2)).padStart(9);
  const heads = ['median', 'min', 'max', 'p50 ms', 'p99 ms'].map((head) => head.padStart(9));
  console.log(`${'commits a second'.padEnd(44)}${heads.join('')}`);
  for (const { name, median, rates, p50, p99 } of rows) {
    const found = [rate(median), rate(rates[0]), rate(rates.at(-1)), ms(p50), ms(p99)];
    console.log(`${name.padEnd(44)}${found.join('')}`);
  }
}
