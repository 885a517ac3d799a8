import { createOrchestrator, type Orchestrator, type WorkflowStore } from '@baton/core';
import { PATH, startWorkflows } from '../path.ts';

/** A store that is opened in a database, or a part of one, of its own. */
export interface ScaledStore {
  readonly name: string;
  open(size: number): Promise<WorkflowStore>;
}

/** Workflows of each project that have been carried to the end, for whoever reads their history. */
const COMPLETE = 50;
const READS = 200;
const LOADERS = 64;

interface Project {
  readonly size: number;
  readonly store: WorkflowStore;
  readonly baton: Orchestrator;
  readonly complete: readonly string[];
}

/** Latency of reads in projects of these sizes, in turn. */
export async function compareSizes(
  { name, open }: ScaledStore,
  sizes: readonly number[],
): Promise<void> {
  const projects: Project[] = [];
  for (const size of sizes) projects.push(await fill(await open(size), size));
  const reads: Record<string, (project: Project, turn: number) => Promise<unknown>> = {
    stats: ({ baton }) => baton.projectStats({ projectId: 'bench' }),
    status: ({ baton, complete }, turn) => baton.status({ workflowId: pick(complete, turn) }),
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

async function fill(store: WorkflowStore, size: number): Promise<Project> {
  const baton = createOrchestrator({ store, cacheSize: 1000 });
  const complete = await startWorkflows(baton, Math.min(COMPLETE, size));
  for (const workflowId of complete) {
    for (const step of PATH) await baton.advance({ workflowId, ...step });
  }
  const share = Math.ceil((size - complete.length) / LOADERS);
  await Promise.all(Array.from({ length: LOADERS }, () => startWorkflows(baton, share)));
  return { size, store, baton, complete };
}

function percentiles(latencies: readonly number[]): string {
  const sorted = [...latencies].sort((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(2);
  return `${at(0.5)} / ${at(0.99)}`.padStart(18);
}

function columnHead(size: number): string {
  return size.toLocaleString('en').padStart(18);
}

function pick(ids: readonly string[], turn: number): string {
  return ids[turn % ids.length] ?? '';
}
