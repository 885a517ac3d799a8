import {
  createOrchestrator,
  createRunner,
  type JsonObject,
  type Orchestrator,
  type RoleAdapter,
} from '@baton/core';
import { PATH, startWorkflows } from './path.ts';
import type { Candidate, Sample } from './sample.ts';
import type { Backend } from './stores/backend.ts';

type Opened = Pick<Backend, 'open' | 'clear'>;

/** Steps of a build: its start and ten advances. */
const STEPS = PATH.length + 1;

const OUTPUTS = new Map(PATH.map(({ completedState, result }) => [completedState, result]));
const ROLES = [...new Set(PATH.map(({ role }) => role))];

/** A team that answers at once. */
const TEAM: readonly RoleAdapter[] = ROLES.map((role) => ({
  role,
  perform: async ({ state }) => ({
    kind: 'advance',
    result: OUTPUTS.get(state) as JsonObject,
  }),
}));

/** Whole builds, from their start to complete, performed by a runner; `atOnce` of them are under way. */
export function engineCandidate(
  name: string,
  { open, clear }: Opened,
  atOnce: number,
  builds: number,
): Candidate {
  return {
    name,
    async run() {
      await clear();
      const store = await open();
      const completed = new Map<string, () => void>();
      const baton = createOrchestrator({
        store,
        listeners: [
          {
            onCommitted({ id, completedAt }) {
              if (completedAt !== undefined) completed.get(id)?.();
            },
          },
        ],
      });
      const runner = createRunner({ source: baton, roles: TEAM, concurrency: atOnce });
      void runner.run();
      const sample = await timed(atOnce, builds, async () => {
        const [id = ''] = await startWorkflows(baton, 1);
        await new Promise<void>((resolve) => {
          completed.set(id, resolve);
          // With one connection the build may be over before its start is answered.
          void isOver(baton, id).then((over) => (over ? resolve() : undefined));
        });
      });
      await runner.stop();
      await store.close();
      return sample;
    },
  };
}

async function isOver(baton: Orchestrator, workflowId: string): Promise<boolean> {
  return (await baton.status({ workflowId })).state === 'complete';
}

async function timed(atOnce: number, builds: number, build: () => Promise<void>): Promise<Sample> {
  const latencies: number[] = [];
  let left = builds;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (left-- > 0) {
        const begun = performance.now();
        await build();
        latencies.push((performance.now() - begun) / STEPS);
      }
    }),
  );
  return { operations: builds * STEPS, ms: performance.now() - startedAt, latencies };
}
