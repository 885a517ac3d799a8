import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../memory/memory-store.ts';
import type { WorkflowEvent } from '../model/trail.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import type { StoreWithDocuments } from '../ports/document-store.ts';
import { aBuild, advanceTo, snapshotOf } from '../testing/store-contract/harness.ts';
import { auditTrail } from './audit-trail.ts';
import { type ChainEnd, chained, eventDigest, PREVIOUS_DIGEST } from './event-chain.ts';
import { createOrchestrator } from './orchestrator.ts';

async function eventsOf(store: StoreWithDocuments, workflowId: string) {
  return [...(await store.readEvents({ workflowId, after: 0, limit: 1000 }))];
}

/** A build in planning that was sent back once, with its events and what the workflow says of their end. */
async function aTrail() {
  const store = await createMemoryStore();
  const baton = createOrchestrator({ store });
  const { workflowId } = await baton.start(aBuild());
  await advanceTo(baton, workflowId, 'planning');
  await baton.requestRetry({ workflowId, reason: 'again' });
  await advanceTo(baton, workflowId, 'testing');
  const events = await eventsOf(store, workflowId);
  const { chain, sequence } = await snapshotOf(store, workflowId);
  return { store, baton, workflowId, events, end: chain as ChainEnd, sequence };
}

const headAt = (events: readonly WorkflowEvent[], sequence: number): ChainEnd => ({
  sequence,
  digest: eventDigest(events[sequence - 1] as WorkflowEvent),
});

/** Links all events behind `from` anew, as one who can write to the store would. */
function forged(events: readonly WorkflowEvent[], from: number): readonly WorkflowEvent[] {
  const made: WorkflowEvent[] = [];
  for (const [i, event] of events.entries()) {
    const before = made[i - 1];
    const isLinked = i >= from && before !== undefined;
    const link = isLinked ? { [PREVIOUS_DIGEST]: eventDigest(before) } : {};
    made.push({ ...event, data: { ...event.data, ...link } });
  }
  return made;
}

/** With event `number` changed. */
function altered(events: readonly WorkflowEvent[], number: number): readonly WorkflowEvent[] {
  return events.map((event) =>
    event.sequence === number ? { ...event, triggeredBy: 'mallory' } : event,
  );
}

describe('the chain of a workflow', () => {
  it('links each event to the one before, and the workflow knows its end', async () => {
    const { events, end, sequence } = await aTrail();
    expect(events.map(({ data }) => data[PREVIOUS_DIGEST])).toEqual([
      null,
      ...events.slice(0, -1).map(eventDigest),
    ]);
    expect(end).toEqual(headAt(events, sequence));
    expect(eventDigest(events[0] as WorkflowEvent)).toMatch(/^[\w-]{43}$/);
  });

  it('has the digest that any program can make: SHA-256 of RFC 8785', () => {
    const event = {
      workflowId: 'wf_1',
      sequence: 1,
      type: 'noted',
      triggeredBy: 'ada "ü"',
      data: { b: [1.5, null, '€'], a: { '2': true, '10': '\n' } },
      at: 1000,
      revision: 1,
      epoch: 1,
    };
    // Made by hashlib of Python.
    expect(eventDigest(event)).toBe('qj5KdKeKlAamf08aFHuqDQtB0HT7s_b3TB5Zhr2-87c');
  });

  it('is found unchanged, with whatever heads of its own', async () => {
    const { events, end, sequence } = await aTrail();
    const heads = [end, headAt(events, 2), headAt(events, 5), end];
    const audit = await auditTrail(events, heads, async () => sequence);
    expect(audit).toEqual({ kind: 'unchanged', head: end, chainedFrom: 1 });
    const none = await auditTrail([], [], async () => 0);
    expect(none).toEqual({ kind: 'unchanged', head: undefined, chainedFrom: 1 });
  });

  it('names any event that was changed, without a head by the link behind it', async () => {
    const { events, end, sequence } = await aTrail();
    for (let number = 1; number <= sequence; number++) {
      const found = await auditTrail(altered(events, number), [end], async () => sequence);
      const problem = { kind: 'differs', from: number, to: number };
      // The last one has no link behind it: one of those since the beginning.
      const last = { ...problem, from: 1 };
      expect(found).toEqual({ kind: 'changed', problem: number === sequence ? last : problem });
    }
  });

  it('shows by heads what was linked anew, as exactly as there are heads', async () => {
    const { events, end, sequence } = await aTrail();
    const changed = forged(altered(events, 4), 4);
    const between = async (...heads: readonly ChainEnd[]) =>
      auditTrail(changed, heads, async () => sequence);
    expect(await between()).toMatchObject({ kind: 'unchanged' });
    const differs = (from: number, to: number) => ({
      kind: 'changed',
      problem: { kind: 'differs', from, to },
    });
    expect(await between(end)).toEqual(differs(1, sequence));
    expect(await between(headAt(events, 5), end, headAt(events, 2))).toEqual(differs(3, 5));
    expect(await between(headAt(events, 3), headAt(events, 4))).toEqual(differs(4, 4));
  });

  it('misses events that were removed, in the midst or at the end, and finds those that were added', async () => {
    const { events, end, sequence } = await aTrail();
    const last = async () => sequence;
    const without = events.filter(({ sequence: number }) => number !== 3);
    const missing = (from: number) => ({
      kind: 'changed',
      problem: { kind: 'missing', from, to: from },
    });
    expect(await auditTrail(without, [], last)).toEqual(missing(3));
    expect(await auditTrail(events.slice(0, -1), [], last)).toEqual(missing(sequence));
    // One who removes them from the workflow as well has not the head.
    const shorter = async () => sequence - 1;
    expect(await auditTrail(events.slice(0, -1), [], shorter)).toMatchObject({ kind: 'unchanged' });
    expect(await auditTrail(events.slice(0, -1), [end], shorter)).toEqual(missing(sequence));
    const added = { ...(events.at(-1) as WorkflowEvent), sequence: sequence + 1 };
    const more = forged([...events, added], sequence);
    expect(await auditTrail(more, [end], last)).toEqual({
      kind: 'changed',
      problem: { kind: 'added', from: sequence + 1, to: sequence + 1 },
    });
    const twice = [...events.slice(0, 3), events[2] as WorkflowEvent, ...events.slice(3)];
    expect(await auditTrail(twice, [], last)).toMatchObject({
      problem: { kind: 'added', from: 3 },
    });
  });

  it('begins behind the events of a version that had none, and says so', async () => {
    const { store, workflowId } = await aTrail();
    // What an older version leaves: events without links, and a workflow that does not know of a chain.
    const found = await snapshotOf(store, workflowId);
    const older = await createMemoryStore();
    const plain = (await eventsOf(store, workflowId)).map((event) => {
      const { [PREVIOUS_DIGEST]: _, ...data } = event.data;
      return { ...event, data };
    });
    await older.restore({
      snapshot: { ...found, chain: undefined },
      handoffs: [],
      events: plain,
      replies: [],
      stats: await store.readStats(found.projectId),
      usage: [],
    });
    await createOrchestrator({ store: older }).rollback({
      workflowId,
      targetState: 'discovery',
      reason: 'again',
    });
    const events = await eventsOf(older, workflowId);
    const { chain, sequence } = await snapshotOf(older, workflowId);
    const audit = await auditTrail(events, [chain as ChainEnd], async () => sequence);
    expect(audit).toEqual({ kind: 'unchanged', head: chain, chainedFrom: plain.length + 1 });
  });
});

it('begins anew behind events of a version that knows no chain, and kept what it read of one', () => {
  const event: WorkflowEvent = {
    workflowId: 'wf_1',
    sequence: 3,
    type: 'noted',
    triggeredBy: 'ada',
    data: {},
    at: 1,
    revision: 3,
    epoch: 1,
  };
  const before = (sequence: number) =>
    ({ sequence, chain: { sequence: 2, digest: 'd' } }) as WorkflowSnapshot;
  const link = (sequence: number) => chained(before(sequence), [event]).events[0]?.data;
  expect(link(2)).toEqual({ [PREVIOUS_DIGEST]: 'd' });
  expect(link(5)).toEqual({ [PREVIOUS_DIGEST]: null });
});
