import { createOrchestrator, type Orchestrator, type WorkflowStore } from '@baton/core';
import { percentile } from '../../compare.ts';
import { PATH, startWorkflows } from '../../path.ts';
import { checkLoading } from './check-loading.ts';
import { newWorkflows } from './new-workflows.ts';
import type { ScaledStore } from './scaled-store.ts';

/** Completed workflows of each project, for measuring reads of history. */
const COMPLETE = 50;
/** Workflows, from all over the project, whose status is read. */
const LOOKED_AT = 1000;
const READS = 500;
const PORTION = 1000;

interface Project {
  readonly store: WorkflowStore;
  readonly baton: Orchestrator;
  readonly complete: readonly string[];
  readonly lookedAt: readonly string[];
}

/** Latency of reads in projects of these sizes, in turn. */
export async function compareSizes(scaled: ScaledStore, sizes: readonly number[]): Promise<void> {
  const { name } = scaled;
  const compared = await checkLoading(scaled);
  console.log(`${name}: loaded in bulk as the store writes, ${compared} rows or keys compared`);
  const projects: Project[] = [];
  for (const size of sizes) projects.push(await fill(scaled, size));
  const reads: Record<string, (project: Project, turn: number) => Promise<unknown>> = {
    stats: ({ baton }) => baton.projectStats({ projectId: 'bench' }),
    status: ({ baton, lookedAt }, turn) => baton.status({ workflowId: pick(lookedAt, turn) }),
    'history page': ({ baton, complete }, turn) =>
      baton.history({ workflowId: pick(complete, turn), pageSize: 5 }),
  };
  console.log(`${`${name}: read, p50 / p99 in ms`.padEnd(34)}${sizes.map(columnHead).join('')}`);
  for (const [what, read] of Object.entries(reads)) {
    const latencies = new Map<Project, number[]>(projects.map((project) => [project, []]));
    for (let turn = 0; turn < READS; turn++) {
      for (const project of projects) {
        const startedAt = performance.now();
        await read(project, turn);
        latencies.get(project)?.push(performance.now() - startedAt);
      }
    }
    const cells = [...latencies.values()].map(percentiles);
    console.log(`${what.padEnd(34)}${cells.join('')}`);
  }
  console.log();
  for (const { store } of projects) await store.close();
}

async function fill(scaled: ScaledStore, size: number): Promise<Project> {
  const startedAt = performance.now();
  const place = `of_${size}`;
  const store = await scaled.open(place);
  const every = Math.ceil(size / LOOKED_AT);
  const lookedAt: string[] = [];
  let loaded = 0;
  let loading: Promise<void> | undefined;
  for await (const creates of newWorkflows(size - COMPLETE, PORTION)) {
    // The next portion is made while this one is on its way.
    await loading;
    loading = scaled.load(place, creates);
    for (const { snapshot } of creates) if (loaded++ % every === 0) lookedAt.push(snapshot.id);
  }
  await loading;
  const baton = createOrchestrator({ store });
  const complete = await startWorkflows(baton, COMPLETE);
  for (const workflowId of complete) {
    for (const step of PATH) await baton.advance({ workflowId, ...step });
  }
  await scaled.settle(place);
  const { total } = await baton.projectStats({ projectId: 'bench' });
  if (total !== size)
    throw new Error(`${scaled.name}: ${size} workflows were loaded, ${total} are there`);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  console.log(`${scaled.name}: ${size.toLocaleString('en')} workflows loaded in ${seconds} s`);
  return { store, baton, complete, lookedAt };
}

function percentiles(latencies: readonly number[]): string {
  const at = (share: number): string => percentile(latencies, share).toFixed(2);
  return `${at(0.5)} / ${at(0.99)}`.padStart(18);
}

function columnHead(size: number): string {
  return size.toLocaleString('en').padStart(18);
}

function pick(ids: readonly string[], turn: number): string {
  return ids[turn % ids.length] ?? '';
}
