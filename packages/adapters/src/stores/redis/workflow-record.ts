import {
  type Claim,
  completeSnapshot,
  type StoredSnapshot,
  timesOutAt,
  type WorkflowSnapshot,
} from '@baton/core';
import { unreadable } from './errors.ts';
import { timeText } from './keys.ts';
import { parseJson } from './numbered-records.ts';

/*
 * The hash of a workflow:
 *
 * fixed         JSON of what never changes
 * now           what the scripts need of the rest, separated by bars: see `nowText`
 * commit        the revision and, after a bar, the id of the commit that made it
 * deadline      when it times out, if it can
 * awaiting      what it waits for from a person, if it does
 * names         JSON of the build id and the user id
 * head          JSON of the rest, without the outputs and the claim's token and expiry
 * o:{phase}     an output: its JSON, or h:{number}, the handoff that contains it
 * h:{number} e:{sequence} r:{request id}   handoffs, events, replies: see `numbered-records.ts`
 */

/** Fields that never change. */
export function fixedFields(snapshot: WorkflowSnapshot): readonly string[] {
  const { id, buildId, projectId, userId, definition, priority } = snapshot;
  const { requirements, metadata, createdAt } = snapshot;
  const named = { id, buildId, projectId, userId, definition, priority };
  const fixed = { ...named, requirements, metadata, createdAt };
  return ['fixed', JSON.stringify(fixed), 'names', JSON.stringify([buildId, userId])];
}

/** Fields that every commit writes. */
export function changingFields(snapshot: WorkflowSnapshot): readonly string[] {
  return [
    ...['now', nowText(snapshot)],
    ...['commit', `${snapshot.revision}|${snapshot.commitId ?? ''}`],
    ...['deadline', timeText(timesOutAt(snapshot))],
    ...['awaiting', snapshot.awaiting?.kind ?? ''],
    ...['head', JSON.stringify(headOf(snapshot))],
  ];
}

/** Copies each member: a rest pattern that excludes this many takes V8 ten times as long. */
function headOf(snapshot: WorkflowSnapshot): object {
  const head: Record<string, unknown> = {};
  for (const key of Object.keys(snapshot) as (keyof WorkflowSnapshot)[]) {
    if (!KEPT_APART.has(key)) head[key] = snapshot[key];
  }
  head['claim'] = snapshot.claim && held(snapshot.claim);
  return head;
}

const KEPT_APART: ReadonlySet<keyof WorkflowSnapshot> = new Set([
  'id',
  'buildId',
  'projectId',
  'userId',
  'definition',
  'priority',
  'requirements',
  'metadata',
  'createdAt',
  'outputs',
]);

/** The claim without the members in `now`. */
function held({ token, expiresAt, ...rest }: Claim): HeldClaim {
  return rest;
}

type HeldClaim = Omit<Claim, 'token' | 'expiresAt'>;

/** In the order of the scripts' pattern NOW. The token comes last, because it may contain any text. */
function nowText(snapshot: WorkflowSnapshot): string {
  const { revision, state, role = '', notBefore, completedAt, sequence, handoffs } = snapshot;
  const { outputs, claim } = snapshot;
  const expiresAt = timeText(claim?.expiresAt);
  const phases = Object.keys(outputs).join();
  return `${revision}|${state}|${role}|${timeText(notBefore)}|${expiresAt}|${timeText(completedAt)}|${sequence}|${handoffs}|${phases}|${claim?.token ?? ''}`;
}

/** The part of `now` that a renewal writes and `head` leaves out. */
const NOW = /^(?:[^|]*\|){4}(?<expiresAt>\d*)\|(?:[^|]*\|){3}(?<phases>[^|]*)\|(?<token>.*)$/s;

type Fixed = Pick<
  StoredSnapshot,
  | 'id'
  | 'buildId'
  | 'projectId'
  | 'userId'
  | 'definition'
  | 'priority'
  | 'requirements'
  | 'metadata'
  | 'createdAt'
>;
type Head = Omit<StoredSnapshot, keyof Fixed | 'outputs' | 'claim'> & {
  readonly claim?: HeldClaim;
};

/**
 * @param found the answer of the scripts' `appendWorkflow`.
 * @throws BatonError `data_loss` that names the key.
 */
export function toSnapshot(key: string, found: readonly string[]): WorkflowSnapshot {
  const [now = '', fixed, head, ...texts] = found;
  const { expiresAt, phases = '', token = '' } = NOW.exec(now)?.groups ?? {};
  const { claim, ...rest } = parseJson<Head>(head, key, 'head');
  const outputs: Record<string, WorkflowSnapshot['outputs'][string]> = {};
  for (const [i, phase] of (phases === '' ? [] : phases.split(',')).entries()) {
    outputs[phase] = toOutput(texts[i], key, phase);
  }
  const stored: StoredSnapshot = {
    ...parseJson<Fixed>(fixed, key, 'fixed'),
    ...rest,
    outputs,
    claim: claim && { ...claim, token, expiresAt: Number(expiresAt) },
  };
  try {
    return completeSnapshot(stored);
  } catch (cause) {
    throw unreadable(key, (cause as Error).message, cause);
  }
}

/** The output itself, or the last part of the handoff that contains it. */
function toOutput(text: string | undefined, key: string, phase: string) {
  const found = parseJson<object>(text, key, `o:${phase}`);
  return (Array.isArray(found) ? found.at(-1) : found) as WorkflowSnapshot['outputs'][string];
}
