import {
  createOrchestrator,
  createRunner,
  type JsonObject,
  type Orchestrator,
  type RoleAdapter,
  type RunnerOptions,
} from '@baton/core';
import { PATH, startWorkflows } from './path.ts';
import { type Candidate, timedBuilds } from './sample.ts';
import type { Backend } from './stores/backend.ts';

type Opened = Pick<Backend, 'open' | 'clear'>;

const OUTPUTS = new Map(PATH.map(({ completedState, result }) => [completedState, result]));
const LAST = PATH.at(-1)?.completedState;
const ROLES = [...new Set(PATH.map(({ role }) => role))];

/** A team that answers at once. */
const TEAM: readonly RoleAdapter[] = ROLES.map((role) => ({
  role,
  perform: async ({ state }) => ({
    kind: 'advance',
    result: OUTPUTS.get(state) as JsonObject,
  }),
}));

/** Where builds are started and work is taken. */
export interface Engine {
  readonly baton: RunnerOptions['source'] & Pick<Orchestrator, 'start'>;
  close(): Promise<void>;
}

/** In this process. */
export function inProcess({ open, clear }: Opened): () => Promise<Engine> {
  return async () => {
    await clear();
    const store = await open();
    return { baton: createOrchestrator({ store }), close: () => store.close() };
  };
}

/** Builds that a runner performs. */
export interface Relays {
  /** Starts a build; resolves with its workflow id when it is complete. */
  build(): Promise<string>;
  /** Stops the runner, and closes what it works for. */
  close(): Promise<void>;
}

/** Starts a runner; builds come `atOnce` at a time. */
export function startRelays({ baton, close }: Engine, atOnce: number): Relays {
  const completed = new Map<string, () => void>();
  const over = new Set<string>();
  const runner = createRunner({
    source: baton,
    roles: TEAM,
    concurrency: atOnce,
    onReport(report) {
      if (report.kind !== 'outcome' || report.assignment.state !== LAST) return;
      over.add(report.assignment.workflowId);
      completed.get(report.assignment.workflowId)?.();
    },
  });
  void runner.run();
  return {
    async build() {
      const [id = ''] = await startWorkflows(baton, 1);
      // It may be over before its start is answered.
      await new Promise<void>((resolve) => {
        if (over.has(id)) resolve();
        else completed.set(id, resolve);
      });
      return id;
    },
    async close() {
      await runner.stop();
      await close();
    },
  };
}

/** Whole builds, from their start to complete, performed by a runner; `atOnce` of them are under way. */
export function engineCandidate(
  name: string,
  connect: () => Promise<Engine>,
  atOnce: number,
  builds: number,
): Candidate {
  return {
    name,
    async run() {
      const relays = startRelays(await connect(), atOnce);
      const sample = await timedBuilds(builds, atOnce, relays.build);
      await relays.close();
      return sample;
    },
  };
}
