import { createOrchestrator, type WorkflowStore } from '@baton/core';
import { advances, batonCandidate } from '../baton-candidate.ts';
import { measureInTurn } from '../compare.ts';
import { printMeasured } from '../print.ts';
import { timedJobs } from '../sample.ts';
import type { Backend } from './backend.ts';

/**
 * Workflows that advance at once, and builds of ten commits a run: enough of them that it is not the
 * warming up of the code which is measured.
 */
const LOADS = [
  { atOnce: 1, builds: 200 },
  { atOnce: 64, builds: 384 },
] as const;

/** Commits a second through an orchestrator, beside the same writes by the driver alone. */
export async function compareCommits(backend: Backend, rounds: number): Promise<void> {
  for (const { atOnce, builds } of LOADS) {
    const name = `Baton on ${backend.name}, ${atOnce} at once`;
    const floors = await backend.floors(atOnce, builds);
    const candidates = [batonCandidate(name, backend, atOnce, builds), ...floors];
    const beside = floors.map((floor) => [name, floor.name] as const);
    printMeasured('commits a second', await measureInTurn(candidates, rounds), beside);
    const trips = await roundTrips(backend, atOnce);
    if (trips !== undefined)
      console.log(`  round trips a commit, at the wire: ${trips.toFixed(2)}`);
    console.log();
  }
}

/** Whether more batches on their way at once help. */
export async function compareParallelBatches(backend: Backend, rounds: number): Promise<void> {
  if (!(await makesBatches(backend))) {
    console.log(`${backend.name} takes each commit by itself: there are no batches to compare\n`);
    return;
  }
  for (const atOnce of [64, 256]) {
    const candidates = [1, 2, 3, 4].map((parallelBatches) => {
      const name = `${backend.name}, ${atOnce} at once, ${parallelBatches} batches under way`;
      const alter = (store: WorkflowStore): WorkflowStore => ({
        ...store,
        capabilities: { ...store.capabilities, parallelBatches },
      });
      return batonCandidate(name, backend, atOnce, 2 * atOnce, alter);
    });
    printMeasured('commits a second', await measureInTurn(candidates, rounds));
    console.log();
  }
}

async function makesBatches({ open }: Backend): Promise<boolean> {
  const store = await open();
  await store.close();
  return store.capabilities.groupCommit;
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
