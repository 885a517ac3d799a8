import type { StartRequest } from '../../model/requests.ts';
import type { Claim, WorkflowSnapshot } from '../../model/workflow.ts';
import type { Orchestrator } from '../../orchestrator/operations.ts';
import { createOrchestrator } from '../../orchestrator/orchestrator.ts';
import type { OrchestratorOptions } from '../../orchestrator/orchestrator-options.ts';
import type { Commit, CommitResult, WorkflowStore } from '../../ports/workflow-store.ts';
import { passingOutputs } from '../build-outputs.ts';
import { createFakeClock, type FakeClock } from '../fake-clock.ts';

/** What the contract suite needs of a store: fresh for every test. */
export interface StoreHarness {
  readonly store: WorkflowStore;
  /** Another handle on the same data, as another process would open it. */
  another(): Promise<WorkflowStore>;
  /** Closes every handle and removes the data. */
  destroy(): Promise<void>;
}

export type OpenHarness = () => Promise<StoreHarness>;

/** A store with an orchestrator over it and a clock that stands still. */
export interface Bench {
  readonly store: WorkflowStore;
  readonly clock: FakeClock;
  readonly baton: Orchestrator;
  another(options?: Partial<OrchestratorOptions>): Promise<Orchestrator>;
}

/** Runs `test` on a fresh store and cleans up after it. */
export function withStore(open: OpenHarness, test: (bench: Bench) => Promise<void>) {
  return async (): Promise<void> => {
    const harness = await open();
    const clock = createFakeClock();
    const over = (store: WorkflowStore, options: Partial<OrchestratorOptions> = {}) =>
      createOrchestrator({ store, clock, watchPollMs: 5, ...options });
    try {
      await test({
        store: harness.store,
        clock,
        baton: over(harness.store),
        another: async (options) => over(await harness.another(), options),
      });
    } finally {
      await harness.destroy();
    }
  };
}

let builds = 0;
let commits = 0;

/** A start request with a build id of its own. */
export function aBuild(overrides: Partial<StartRequest> = {}): StartRequest {
  builds++;
  return {
    projectId: 'shop',
    buildId: `build-${builds}`,
    userId: 'ada',
    requirements: { request: 'Build me a dark mode feature' },
    ...overrides,
  };
}

/** The forward path of the `build` definition: who completes each state. */
export const FORWARD: readonly (readonly [state: string, role: string])[] = [
  ['discovery', 'q_assistant'],
  ['planning', 'q_assistant'],
  ['handoff_to_coder', 'code_writer'],
  ['implementation', 'code_writer'],
  ['handoff_to_tester', 'test_auditor'],
  ['testing', 'test_auditor'],
  ['handoff_to_verifier', 'verification_overseer'],
  ['verification', 'verification_overseer'],
  ['handoff_to_releaser', 'release_manager'],
  ['deployment', 'release_manager'],
];

/** Advances a workflow until it is in `target`. */
export async function advanceTo(
  baton: Orchestrator,
  workflowId: string,
  target: string,
): Promise<void> {
  let { state } = await baton.status({ workflowId });
  for (const [completedState, role] of FORWARD) {
    if (state === target) return;
    if (state !== completedState) continue;
    const result = passingOutputs[completedState as keyof typeof passingOutputs];
    state = (await baton.advance({ workflowId, role, completedState, result })).state;
  }
}

/** The next revision of `snapshot`, with one event, as small as a commit can be. */
export function plainCommit(
  snapshot: WorkflowSnapshot,
  patch: Partial<WorkflowSnapshot> = {},
): Commit {
  const next = {
    ...snapshot,
    ...patch,
    revision: snapshot.revision + 1,
    commitId: `contract-${commits++}`,
    sequence: snapshot.sequence + 1,
  };
  return {
    snapshot: next,
    follows: snapshot,
    changedOutputs: [],
    handoffs: [],
    events: [
      {
        workflowId: snapshot.id,
        sequence: next.sequence,
        type: 'state_advanced',
        triggeredBy: 'contract',
        data: {},
        at: next.updatedAt,
        revision: next.revision,
        epoch: next.epoch,
      },
    ],
  };
}

/** A claim that nothing was set aside for. */
export function aClaim(claimedAt: number, expiresAt: number): Claim {
  return {
    worker: 'w',
    token: 't',
    claimedAt,
    expiresAt,
    principal: { models: [], modelFamilies: [] },
    reserved: undefined,
    endsAt: undefined,
    permits: undefined,
  };
}

/** The snapshot as the store has it. */
export async function snapshotOf(
  store: WorkflowStore,
  workflowId: string,
): Promise<WorkflowSnapshot> {
  const loaded = await store.load(workflowId);
  if (loaded === undefined) throw new Error(`the store has no workflow ${workflowId}`);
  return loaded.snapshot;
}

/** {@link plainCommit} with everything that a commit can bring along. */
export function fullCommit(snapshot: WorkflowSnapshot, requestId: string): Commit {
  const commit = plainCommit(snapshot, { handoffs: snapshot.handoffs + 1 });
  const handoff = {
    workflowId: snapshot.id,
    number: commit.snapshot.handoffs,
    fromRole: 'q_assistant',
    toRole: 'code_writer',
    fromState: 'planning',
    toState: 'handoff_to_coder',
    data: { by: requestId },
    at: snapshot.updatedAt,
  };
  return {
    ...commit,
    handoffs: [handoff],
    reply: { requestId, digest: 'd', body: { to: requestId } },
    stats: {
      total: 0,
      completed: 1,
      failed: 1,
      cancelled: 1,
      completedDurationMs: 7,
      completedHandoffs: 1,
      failurePoint: 'planning',
    },
  };
}

/** All that the store holds of a workflow and of its project, for comparison. */
export async function recordsOf(
  store: WorkflowStore,
  { id: workflowId, projectId }: Pick<WorkflowSnapshot, 'id' | 'projectId'>,
  requestIds: readonly string[] = [],
) {
  const all = { workflowId, after: 0, limit: 1000 };
  const replies = requestIds.map(async (id) => (await store.load(workflowId, id))?.reply);
  return {
    snapshot: (await store.load(workflowId))?.snapshot,
    replies: await Promise.all(replies),
    handoffs: await store.readHandoffs(all),
    events: await store.readEvents(all),
    stats: await store.readStats(projectId),
  };
}

export function kindsOf(results: readonly CommitResult[]): readonly string[] {
  return results.map(({ kind }) => kind);
}
