import type { WorkflowEvent, WorkflowStore } from '@baton/core';
import { type Action, type Answer, type Call, markOf } from './call.ts';
import { type Fate, mayBeForgotten, type Setback } from './setbacks.ts';
import { flawsOf, readTrail, unreadable } from './trail.ts';
import { WALK } from './walk.ts';

/** What happened to the changes that clients asked for. */
export interface Audit {
  /** Changes that the store acknowledged to a client. */
  readonly acknowledged: number;
  /** Changes whose outcome no client was told, by whether the store has them. */
  readonly unknown: { readonly made: number; readonly notMade: number };
  /** Acknowledged changes that the store lost because it was about to forget. */
  readonly forgotten: number;
  /** Acknowledged changes that are missing, or differ from the acknowledgement. */
  readonly lost: readonly string[];
  /** Changes that the store has more than once. */
  readonly doubled: readonly string[];
  /** Refused changes that the store has anyway, gaps, and partial commits. */
  readonly flaws: readonly string[];
  /** What happened to the acknowledged changes that were asked for once. */
  readonly fates: readonly Fate[];
}

/** Compares what clients of one workflow were told with what the store has. */
export async function auditWorkflow(
  store: WorkflowStore,
  workflowId: string,
  calls: readonly Call[],
  setbacks: readonly Setback[] = [],
): Promise<Audit> {
  const flaws: string[] = [];
  const trail = await readTrail(store, workflowId).catch(unreadable(flaws));
  const found = revisionsByMark(trail?.events ?? []);
  const lost: string[] = [];
  const doubled: string[] = [];
  if (trail !== undefined) flaws.push(...flawsOf(trail));
  else if (flaws.length === 0) flaws.push(`${workflowId} is gone`);
  const unknown = { made: 0, notMade: 0 };
  const fates: Fate[] = [];
  let acknowledged = 0;
  let forgotten = 0;
  for (const [mark, asked] of changesByMark(calls)) {
    const at = found.get(mark) ?? [];
    if (at.length > 1) doubled.push(`${workflowId}: ${mark} at revisions ${at.join(', ')}`);
    const told = asked.filter(({ outcome }) => outcome.kind === 'ok');
    const [first] = told;
    if (first !== undefined) {
      acknowledged++;
      const kept = told.find((call) => !mayBeForgotten(call, setbacks));
      const problem = kept && (await whyLost(store, kept, at));
      if (problem !== undefined) lost.push(`${workflowId}: ${mark} ${problem}`);
      const isThere = at.length > 0;
      if (kept === undefined && !isThere) forgotten++;
      const { calledAt, answeredAt } = first;
      const name = `${workflowId}: ${mark}`;
      if (asked.length === 1) fates.push({ name, calledAt, answeredAt, isThere });
    } else if (asked.some(({ outcome }) => outcome.kind === 'unknown')) {
      unknown[at.length > 0 ? 'made' : 'notMade']++;
    } else if (at.length > 0 && !asked.some(mayBeLostClaim)) {
      flaws.push(`${workflowId}: ${mark} was refused, and is there at revision ${at.join(', ')}`);
    }
  }
  return { acknowledged, unknown, forgotten, lost, doubled, flaws, fates };
}

/** Sums up the audits of many workflows. */
export function sumUp(audits: readonly Audit[]): Audit {
  return {
    acknowledged: audits.reduce((sum, one) => sum + one.acknowledged, 0),
    unknown: {
      made: audits.reduce((sum, { unknown }) => sum + unknown.made, 0),
      notMade: audits.reduce((sum, { unknown }) => sum + unknown.notMade, 0),
    },
    forgotten: audits.reduce((sum, one) => sum + one.forgotten, 0),
    lost: audits.flatMap(({ lost }) => lost),
    doubled: audits.flatMap(({ doubled }) => doubled),
    flaws: audits.flatMap(({ flaws }) => flaws),
    fates: audits.flatMap(({ fates }) => fates),
  };
}

/** A claim that was refused as stale may have been taken, and lost before its holder heard of it. */
function mayBeLostClaim({ action, outcome }: Call): boolean {
  return action.kind === 'claim' && outcome.kind === 'refused' && outcome.code === 'stale_claim';
}

async function whyLost(
  store: WorkflowStore,
  { workflowId, action, outcome }: Call,
  at: readonly number[],
): Promise<string | undefined> {
  if (at.length === 0) return 'was acknowledged, and is not there';
  if (outcome.kind !== 'ok' || !('requestId' in action)) return undefined;
  const { revision } = outcome.answer;
  const own = Number(revision) - stepsAfter(action, outcome.answer);
  if (!at.includes(own)) return `was acknowledged as revision ${own}, is ${at}`;
  const reply = (await store.load(workflowId, action.requestId))?.reply;
  if (reply?.body['revision'] === revision) return undefined;
  return `was answered with revision ${revision}; the stored reply says ${reply?.body['revision']}`;
}

/** Revisions that a commit made after that of the change itself: the acceptance and the claim that came with it. */
function stepsAfter(action: Action, { state }: Answer): number {
  if (action.kind !== 'advance' || action.takes === undefined) return 0;
  const place = WALK[String(state)];
  if (place?.isPhase !== true) return 0;
  return WALK[action.completedState]?.next === state ? 1 : 2;
}

function changesByMark(calls: readonly Call[]): ReadonlyMap<string, readonly Call[]> {
  const changes = new Map<string, Call[]>();
  for (const call of calls) {
    const mark = markOf(call.action);
    if (mark === undefined) continue;
    const known = changes.get(mark);
    if (known === undefined) changes.set(mark, [call]);
    else known.push(call);
  }
  return changes;
}

/** The revisions whose events carry a mark: as a note, a reason or a worker. */
function revisionsByMark(events: readonly WorkflowEvent[]): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  const add = (mark: unknown, revision: number): void => {
    if (typeof mark !== 'string') return;
    const known = found.get(mark) ?? [];
    if (!known.includes(revision)) known.push(revision);
    found.set(mark, known);
  };
  for (const { type, triggeredBy, data, revision } of events) {
    if (type === 'assignment_claimed') add(triggeredBy, revision);
    else if (type === 'noted') add(data['message'], revision);
    else if (data['code'] === 'retries_spent') add(lastReason(data['message']), revision);
    else add(data['reason'], revision);
  }
  return found;
}

/** A retry past the budget is found in the message of the failure that it caused. */
function lastReason(message: unknown): string | undefined {
  return /the last reason was: (.*)$/.exec(String(message))?.[1];
}
