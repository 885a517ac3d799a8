import { describe, expect, it } from 'vitest';
import type { Orchestrator } from '../../orchestrator/operations.ts';
import { passingOutputs } from '../build-outputs.ts';
import { FAULTS, type Fault, faultyStore } from './faulty-store.ts';
import {
  aBuild,
  advanceTo,
  type Bench,
  type OpenHarness,
  recordsOf,
  snapshotOf,
  withStore,
} from './harness.ts';

const REQUEST_ID = 'the-request';

/** Every request that changes a workflow under a request id, from where it is legal. */
const REQUESTS: readonly [
  string,
  from: string,
  (baton: Orchestrator, workflowId: string) => Promise<object>,
][] = [
  [
    'advance',
    'planning',
    (baton, workflowId) =>
      baton.advance({
        workflowId,
        role: 'q_assistant',
        completedState: 'planning',
        result: passingOutputs.planning,
        requestId: REQUEST_ID,
      }),
  ],
  [
    'an advance that completes',
    'deployment',
    (baton, workflowId) =>
      baton.advance({
        workflowId,
        role: 'release_manager',
        completedState: 'deployment',
        result: passingOutputs.deployment,
        requestId: REQUEST_ID,
      }),
  ],
  [
    'an advance to error',
    'testing',
    (baton, workflowId) =>
      baton.advance({
        workflowId,
        role: 'test_auditor',
        completedState: 'testing',
        nextState: 'error',
        requestId: REQUEST_ID,
      }),
  ],
  [
    'request retry',
    'verification',
    (baton, workflowId) =>
      baton.requestRetry({ workflowId, reason: 'a gap', requestId: REQUEST_ID }),
  ],
  [
    'rollback',
    'testing',
    (baton, workflowId) =>
      baton.rollback({
        workflowId,
        targetState: 'planning',
        reason: 'over again',
        requestId: REQUEST_ID,
      }),
  ],
];

export function ambiguousCommitContract(open: OpenHarness): void {
  describe.each(FAULTS)('a commit whose outcome is unknown (%s)', (fault) => {
    it.each(REQUESTS)(
      '%s, from %s, is repeated to one effect and the first answer',
      (_, from, call) =>
        withStore(open, async (bench) => {
          const { store, baton, another } = bench;
          const workflowId = await aBuildIn(bench, from, 'shop');
          const { baton: shaken, breakNext } = await overFaults(bench);
          // What the orchestrator has cached of it must not survive the fault.
          await shaken.status({ workflowId });
          breakNext(fault);
          await expect(call(shaken, workflowId)).rejects.toMatchObject({
            code: 'unavailable',
            retryable: true,
          });
          const answer = await call(shaken, workflowId);
          expect(await call(await another(), workflowId)).toEqual(answer);
          expect(await call(shaken, workflowId)).toEqual(answer);
          const { reply } = (await store.load(workflowId, REQUEST_ID)) ?? {};
          expect(reply?.body).toEqual(answer);
          // The same without a fault, in a project of its own.
          const twin = await aBuildIn(bench, from, 'control');
          await call(baton, twin);
          expect(await effectsOn(bench, workflowId)).toEqual(await effectsOn(bench, twin));
        })(),
    );

    it(
      'start is repeated to one workflow and the first answer',
      withStore(open, async (bench) => {
        const build = aBuild({ requestId: REQUEST_ID });
        const { baton: shaken, breakNext } = await overFaults(bench);
        breakNext(fault);
        await expect(shaken.start(build)).rejects.toMatchObject({ code: 'unavailable' });
        const answer = await shaken.start(build);
        expect(await (await bench.another()).start(build)).toEqual(answer);
        const { workflowId } = answer;
        expect(await bench.store.listWorkflows({ limit: 9 })).toMatchObject([{ id: workflowId }]);
        expect(await bench.store.readStats('shop')).toMatchObject({ total: 1 });
        const { events } = await recordsOf(bench.store, { id: workflowId, projectId: 'shop' });
        expect(events).toHaveLength(1);
      }),
    );

    it(
      'takes nothing from those that travelled with it',
      withStore(open, async (bench) => {
        const { baton: shaken, breakNext } = await overFaults(bench);
        const ids: string[] = [];
        for (let i = 0; i < 4; i++) ids.push(await aBuildIn(bench, 'planning', 'shop'));
        const [, , advance] = REQUESTS[0] as (typeof REQUESTS)[0];
        breakNext(fault);
        await Promise.allSettled(ids.map((id) => advance(shaken, id)));
        const answers = await Promise.all(ids.map((id) => advance(shaken, id)));
        expect(answers).toMatchObject(ids.map(() => ({ state: 'handoff_to_coder' })));
        const twin = await effectsOn(bench, ids[0] as string);
        for (const id of ids) {
          const { records } = await effectsOn(bench, id);
          expect(records).toEqual(twin.records);
        }
      }),
    );
  });
}

async function overFaults({ store, another }: Bench): Promise<{
  baton: Orchestrator;
  breakNext(fault: Fault): void;
}> {
  const faulty = faultyStore(store);
  return { baton: await another({ store: faulty.store }), breakNext: faulty.breakNext };
}

async function aBuildIn({ baton }: Bench, state: string, projectId: string): Promise<string> {
  const { workflowId } = await baton.start(aBuild({ projectId }));
  await advanceTo(baton, workflowId, state);
  return workflowId;
}

/** What happened to a workflow and its project's counters, without ids. */
async function effectsOn({ store }: Bench, workflowId: string) {
  const { revision, epoch, state, retries, projectId, outputs } = await snapshotOf(
    store,
    workflowId,
  );
  const { handoffs, events, stats } = await recordsOf(store, { id: workflowId, projectId });
  return {
    stats,
    records: {
      snapshot: { revision, epoch, state, retries, outputs },
      handoffs: handoffs.map(({ workflowId: _, ...rest }) => rest),
      events: events.map(({ sequence, type, triggeredBy, revision }) => [
        ...[sequence, type, triggeredBy, revision],
      ]),
    },
  };
}
