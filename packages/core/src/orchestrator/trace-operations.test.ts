import { expect, it } from 'vitest';
import { createMemoryStore } from '../memory/memory-store.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { createRecordedTelemetry } from '../testing/recorded-telemetry.ts';
import { aBuild } from '../testing/store-contract/harness.ts';
import { createOrchestrator } from './orchestrator.ts';
import { discovery as finished } from './testing/set-up.ts';

const discovery = (workflowId: string) => ({ ...finished, workflowId });
const offer = { worker: 'w', roles: ['q_assistant'], leaseMs: 30_000 };

async function setUp() {
  const telemetry = createRecordedTelemetry();
  const store = await createMemoryStore();
  // Behind the machine's: a span cannot begin in the future.
  const clock = createFakeClock();
  const baton = createOrchestrator({ store, clock, telemetry });
  return { telemetry, store, clock, baton };
}

const inTraceOf = (a: string | undefined, b: string | undefined): boolean =>
  a?.slice(3, 35) === b?.slice(3, 35);

it('a start begins the trace of its build, which is kept with it; what comes later joins it', async () => {
  const { telemetry, store, clock, baton } = await setUp();
  const { workflowId } = await baton.start(aBuild());
  const [start] = telemetry.named('start');
  expect(start?.parent).toBeUndefined();
  expect((await store.load(workflowId))?.snapshot.traceparent).toBe(start?.traceparent);

  // Another process, which has to read the workflow first.
  const elsewhere = createRecordedTelemetry();
  const other = createOrchestrator({ store, clock, telemetry: elsewhere });
  await other.advance(discovery(workflowId));
  const [advance] = elsewhere.named('advance');
  expect(advance?.parent).toBe(start?.traceparent);
  const [commit] = elsewhere.named('commit');
  expect(commit).toMatchObject({
    parent: advance?.traceparent,
    attributes: { 'baton.commit.result': 'committed', 'baton.revision': 2 },
  });
  for (const { isEnded, failure } of [...telemetry.spans, ...elsewhere.spans]) {
    expect([isEnded, failure]).toEqual([true, undefined]);
  }
});

it('a start joins the trace of its caller', async () => {
  const { telemetry, baton } = await setUp();
  const call = telemetry.startSpan('call');
  await telemetry.within(call, () => baton.start(aBuild()));
  expect(telemetry.named('start')[0]?.parent).toBe(call.traceparent);
});

it('an operation stays in the trace of its build, whatever is active: that is linked', async () => {
  const { telemetry, baton } = await setUp();
  const [first, second] = [await baton.start(aBuild()), await baton.start(aBuild())];
  const [begun] = telemetry.named('start');
  const below = telemetry.startSpan('below', { parent: begun?.traceparent });
  await telemetry.within(below, async () => {
    await baton.advance(discovery(first.workflowId));
    await baton.advance(discovery(second.workflowId));
  });
  const [own, foreign] = telemetry.named('advance');
  expect(own).toMatchObject({ parent: below.traceparent });
  expect(own?.options.link).toBeUndefined();
  expect(foreign?.parent).toBe(telemetry.named('start')[1]?.traceparent);
  expect(foreign?.options.link).toBe(below.traceparent);
  const commits = telemetry.named('commit').slice(2);
  expect(commits.map(({ parent }) => parent)).toEqual([own?.traceparent, foreign?.traceparent]);
});

it('a dispatch lasts from when the work was there until a worker has it', async () => {
  const { telemetry, clock, baton } = await setUp();
  const startedAt = clock.now();
  const { workflowId } = await baton.start(aBuild());
  clock.advance(5000);
  const { claim } = await baton.claim({ workflowId, ...offer });
  clock.advance(1000);
  await baton.advance({ ...discovery(workflowId), claimToken: claim.token, takeNext: [offer] });
  const [waited, went] = telemetry.named('dispatch');
  expect(waited?.options.startedAt).toBe(startedAt);
  expect(waited?.attributes).toMatchObject({ 'baton.role': 'q_assistant', 'baton.attempt': 1 });
  // What was taken in the same commit never waited.
  expect(went?.options.startedAt).toBe(startedAt + 6000);
  expect(went?.attributes).toMatchObject({ 'baton.state': 'planning' });
  for (const span of [waited, went]) {
    expect(inTraceOf(span?.traceparent, telemetry.named('start')[0]?.traceparent)).toBe(true);
  }
});

it('an operation that is refused says why by its code', async () => {
  const { telemetry, baton } = await setUp();
  await expect(baton.advance(discovery('wf_unknown'))).rejects.toMatchObject({ code: 'not_found' });
  expect(telemetry.named('advance')).toMatchObject([{ failure: 'not_found', isEnded: true }]);
});

it('says in no span what people asked for', async () => {
  const { telemetry, baton } = await setUp();
  const requirements = { request: 'a secret plan' };
  const { workflowId } = await baton.start({ ...aBuild(), requirements });
  await baton.advance(discovery(workflowId));
  expect(JSON.stringify(telemetry.spans)).not.toContain('secret plan');
});

it('a workflow that was begun without telemetry has no trace', async () => {
  const { telemetry, store, clock, baton } = await setUp();
  const { workflowId } = await createOrchestrator({ store, clock }).start(aBuild());
  expect((await store.load(workflowId))?.snapshot.traceparent).toBeUndefined();
  await baton.advance(discovery(workflowId));
  expect(telemetry.named('advance')[0]?.parent).toBeUndefined();
});
