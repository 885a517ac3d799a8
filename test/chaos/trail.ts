import {
  BatonError,
  type Handoff,
  type WorkflowEvent,
  type WorkflowSnapshot,
  type WorkflowStore,
} from '@baton/core';
import { listAll } from './list-all.ts';

/** Everything that a store has of one workflow. */
export interface Trail {
  readonly snapshot: WorkflowSnapshot;
  readonly events: readonly WorkflowEvent[];
  readonly handoffs: readonly Handoff[];
}

const PAGE = 500;

/** Undefined when there is no such workflow. */
export async function readTrail(
  store: WorkflowStore,
  workflowId: string,
): Promise<Trail | undefined> {
  const loaded = await store.load(workflowId);
  if (loaded === undefined) return undefined;
  return {
    snapshot: loaded.snapshot,
    events: await pages((after) => store.readEvents({ workflowId, after, limit: PAGE })),
    handoffs: await pages((after) => store.readHandoffs({ workflowId, after, limit: PAGE })),
  };
}

async function pages<T>(read: (after: number) => Promise<readonly T[]>): Promise<readonly T[]> {
  const found: T[] = [];
  for (;;) {
    const page = await read(found.length);
    found.push(...page);
    if (page.length < PAGE) return found;
  }
}

/** Takes a workflow that cannot be read for one that is not there, and says so among `flaws`. */
export function unreadable(flaws: string[]): (reason: unknown) => undefined {
  return (reason) => {
    const { code, message } = BatonError.from(reason);
    if (code !== 'data_loss') throw reason;
    flaws.push(message);
  };
}

/** What is wrong with the workflows of a project, each in itself. */
export async function inspect(store: WorkflowStore, projectId: string): Promise<readonly string[]> {
  const flaws: string[] = [];
  for (const { id } of await listAll(store, { projectId })) {
    const trail = await readTrail(store, id);
    flaws.push(...(trail === undefined ? [`${id} is listed and not there`] : flawsOf(trail)));
  }
  return flaws;
}

/** Who has cancelled the workflow of these events; undefined where its last move was another. */
export function cancellerIn(events: readonly WorkflowEvent[]): string | undefined {
  const last = events.findLast(({ data }) => data['to'] !== undefined);
  return last?.type === 'workflow_cancelled' ? last.triggeredBy : undefined;
}

/** What is wrong with a workflow in itself: a gap, half a commit. */
export function flawsOf({ snapshot, events, handoffs }: Trail): readonly string[] {
  const flaws: string[] = [];
  const expect = (what: string, found: unknown, expected: unknown): void => {
    const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
    if (a !== b) flaws.push(`${snapshot.id}: ${what}: found ${a}, expected ${b}`);
  };
  const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
  const sequences = events.map(({ sequence }) => sequence);
  expect('sequences of the events', sequences, upTo(snapshot.sequence));
  const numbers = handoffs.map(({ number }) => number);
  expect('numbers of the handoffs', numbers, upTo(snapshot.handoffs));
  const revisions = [...new Set(events.map(({ revision }) => revision))];
  expect('revisions of the events', revisions, upTo(snapshot.revision));
  expect('epoch of the last event', events.at(-1)?.epoch, snapshot.epoch);

  let state: unknown;
  const left: string[] = [];
  for (const { sequence, data } of events) {
    if (data['to'] === undefined) continue;
    expect(`state before event ${sequence}`, data['from'], state);
    state = data['to'];
  }
  expect('state after all events', state, snapshot.state);
  expect('who has cancelled it', snapshot.failure?.by, cancellerIn(events));
  if (snapshot.state === 'error') expect('claim in error', snapshot.claim, undefined);
  for (const { type, data } of events) {
    if (type === 'state_advanced') left.push(`${data['from']} ${data['to']}`);
  }
  const handed = handoffs.map(({ fromState, toState }) => `${fromState} ${toState}`);
  const advances = handed.filter((pair) => left.includes(pair));
  expect('handoffs of the advances', advances, left);
  return flaws;
}
