import { completeSnapshot, type StoredSnapshot, type WorkflowSnapshot } from '@baton/core';
import { timeText } from './index-places.ts';
import { parseJson } from './json-text.ts';

/*
 * The hash of a workflow:
 *
 * fixed                      JSON of what never changes
 * head                       JSON of the rest, but for the outputs and the claim's token and expiry
 * claimToken claimExpiresAt  '' without a claim; a renewal writes the expiry alone
 * revision state role notBefore completedAt   as in head, for the scripts
 * sequence handoffs          how many events and handoffs there are
 * phases                     the phases that have an output, in order
 * o:{phase}                  an output: its JSON, or h:{number}, the handoff that passed it on
 * h:{number} e:{sequence} r:{request id}      handoffs, events, replies: see `numbered-records.ts`
 */

/** What never changes. */
export function fixedFields(snapshot: WorkflowSnapshot): readonly string[] {
  const { id, buildId, projectId, userId, definition, requirements, metadata, createdAt } =
    snapshot;
  const fixed = { id, buildId, projectId, userId, definition, requirements, metadata, createdAt };
  return ['fixed', JSON.stringify(fixed)];
}

/** What every commit writes anew. */
export function changingFields(snapshot: WorkflowSnapshot): readonly string[] {
  const { id, buildId, projectId, userId, definition, requirements, metadata, createdAt, ...rest } =
    snapshot;
  const { outputs, claim, ...head } = rest;
  const held = claim && { worker: claim.worker, claimedAt: claim.claimedAt };
  return [
    'head',
    JSON.stringify({ ...head, claim: held }),
    'claimToken',
    claim?.token ?? '',
    'claimExpiresAt',
    claim === undefined ? '' : timeText(claim.expiresAt),
    'revision',
    String(snapshot.revision),
    'state',
    snapshot.state,
    'role',
    snapshot.role ?? '',
    'notBefore',
    timeText(snapshot.notBefore),
    'completedAt',
    snapshot.completedAt === undefined ? '' : timeText(snapshot.completedAt),
    'sequence',
    String(snapshot.sequence),
    'handoffs',
    String(snapshot.handoffs),
    'phases',
    Object.keys(outputs).join(),
  ];
}

type Fixed = Pick<
  StoredSnapshot,
  | 'id'
  | 'buildId'
  | 'projectId'
  | 'userId'
  | 'definition'
  | 'requirements'
  | 'metadata'
  | 'createdAt'
>;
type Head = Omit<StoredSnapshot, keyof Fixed | 'outputs' | 'claim'> & {
  readonly claim?: { readonly worker: string; readonly claimedAt: number };
};

/**
 * @param found what the scripts' `readWorkflow` answers.
 * @throws BatonError `data_loss` that names the key.
 */
export function toSnapshot(key: string, found: readonly string[]): WorkflowSnapshot {
  const [fixed, head, token = '', expiresAt, phases = '', ...texts] = found;
  const { claim, ...rest } = parseJson<Head>(head, key, 'head');
  const outputs: Record<string, WorkflowSnapshot['outputs'][string]> = {};
  for (const [i, phase] of (phases === '' ? [] : phases.split(',')).entries()) {
    outputs[phase] = toOutput(texts[i], key, phase);
  }
  return completeSnapshot({
    ...parseJson<Fixed>(fixed, key, 'fixed'),
    ...rest,
    outputs,
    claim:
      claim === undefined || token === ''
        ? undefined
        : { ...claim, token, expiresAt: Number(expiresAt) },
  });
}

/** The output itself, or the last part of the handoff that passed it on. */
function toOutput(text: string | undefined, key: string, phase: string) {
  const found = parseJson<object>(text, key, `o:${phase}`);
  return (Array.isArray(found) ? found.at(-1) : found) as WorkflowSnapshot['outputs'][string];
}
