import type { SeparatedBy, Separation, WorkflowDefinition } from '../model/definition.ts';
import { BatonError } from '../model/errors.ts';
import type { Performer, Principal } from '../model/principal.ts';
import type { Checkpoint, WorkflowSnapshot } from '../model/workflow.ts';

/** How a claim names what is compared. The worker is always named. */
const DECLARATIONS: Readonly<Record<Exclude<SeparatedBy, 'worker'>, string>> = {
  model: 'principal.models',
  model_family: 'principal.modelFamilies',
};

/**
 * What may not be in common under a separation by model or family: nothing for a person and for a
 * program that asks no model. Undefined: the performer has not declared it.
 */
export function mindsOf(
  { kind, models, modelFamilies }: Principal,
  by: Exclude<SeparatedBy, 'worker'>,
): readonly string[] | undefined {
  if (kind !== undefined) return [];
  const declared = by === 'model' ? models.map(withoutProvider) : modelFamilies;
  return declared.length === 0 ? undefined : declared;
}

/** A model stays the same across providers: `a:m`, and `b:a/m` through a router. */
function withoutProvider(model: string): string {
  return model.replace(/^[^:/]*:/, '').replace(/^.*\//, '');
}

/** What two principals have in common: a name is the same in any case, width or blanks around it. */
export function inCommon(one: readonly string[], other: readonly string[]): string | undefined {
  const taken = new Set(other.map(folded));
  return one.find((name) => taken.has(folded(name)));
}

const folded = (name: string): string => name.normalize('NFKC').trim().toLowerCase();

/**
 * Refuses a performer whom a separation of duties keeps from the current phase, and one of whom it
 * could not be told: fails closed, and before the work rather than after it.
 */
export function refuseUnseparated(
  { separations }: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  performer: Performer,
): BatonError | undefined {
  for (const separation of separations) {
    if (!concerns(separation, snapshot.state)) continue;
    const refused =
      refuseUndeclared(snapshot, separation, performer, snapshot.state) ??
      (separation.phase === snapshot.state
        ? refuseSame(snapshot, separation, performer)
        : undefined);
    if (refused !== undefined) return refused;
  }
  return undefined;
}

function refuseSame(
  snapshot: WorkflowSnapshot,
  separation: Separation,
  performer: Performer,
): BatonError | undefined {
  const { phase, from, by } = separation;
  const { performers, outputs, id } = snapshot;
  if (!Object.hasOwn(performers, from)) {
    if (!Object.hasOwn(outputs, from)) return undefined;
    const message = `it is unknown who performed '${from}' of workflow ${id}; the performer of '${phase}' must differ: '${from}' was handed over without a claim; roll back to '${from}'`;
    return refusal(separation, message);
  }
  for (const before of performers[from] ?? []) {
    const refused = refuseUndeclared(snapshot, separation, before, from);
    if (refused !== undefined) return refused;
    const same = inCommon(identities(performer, by), identities(before, by));
    if (same === undefined) continue;
    const message = `${by} '${same}' performed '${from}' of workflow ${id}, and may not perform '${phase}' too`;
    return refusal(separation, message);
  }
  return undefined;
}

function identities(performer: Performer, by: SeparatedBy): readonly string[] {
  return by === 'worker' ? [performer.worker] : (mindsOf(performer, by) ?? []);
}

/** @param performed the phase that `performer` performs or has performed. */
function refuseUndeclared(
  { id, state }: WorkflowSnapshot,
  separation: Separation,
  performer: Performer,
  performed: string,
): BatonError | undefined {
  const { phase, from, by } = separation;
  if (by === 'worker' || mindsOf(performer, by) !== undefined) return undefined;
  const what = by === 'model' ? 'model' : 'model family';
  const again = performed === state ? '' : `; roll back to '${performed}'`;
  const message = `'${phase}' is separated from '${from}' by ${by}, and worker '${performer.worker}' declares no ${what} for '${performed}' of workflow ${id}: expected ${DECLARATIONS[by]} with the claim, or principal.kind 'person' or 'program' where no model takes part${again}`;
  return refusal(separation, message, { undeclared: performed });
}

function refusal(
  { phase, from, by }: Separation,
  message: string,
  more: Readonly<Record<string, string>> = {},
): BatonError {
  return new BatonError('not_owner', message, { metadata: { phase, from, by, ...more } });
}

function concerns({ phase, from }: Separation, state: string): boolean {
  return phase === state || from === state;
}

/** The performers after `claim` has ended with work that stays: they add up over retries. */
export function performersWith(
  { performers, state }: WorkflowSnapshot,
  claim: WorkflowSnapshot['claim'],
): WorkflowSnapshot['performers'] {
  if (claim === undefined) return performers;
  const before = Object.hasOwn(performers, state) ? (performers[state] ?? []) : [];
  const performer: Performer = { worker: claim.worker, ...claim.principal };
  const known = before.some((one) => JSON.stringify(one) === JSON.stringify(performer));
  return known ? performers : { ...performers, [state]: [...before, performer] };
}

/** Work that is reported, perhaps with the workspace that it left. */
export interface Work {
  readonly checkpoint?: Checkpoint | undefined;
  /** The token of the claim that the work was done under; absent: the performer is unknown. */
  readonly claimToken?: string | undefined;
}

/** Whose work is in the workspace when `work` has left it. */
export function performersAfter(
  snapshot: WorkflowSnapshot,
  { claimToken }: Work,
): WorkflowSnapshot['performers'] {
  return performersWith(snapshot, claimToken === undefined ? undefined : snapshot.claim);
}

/** Refuses work by an unknown performer where a separation of duties must compare performers. */
export function refuseUnknownPerformer(
  { separations }: WorkflowDefinition,
  { id, state, claim }: WorkflowSnapshot,
  claimToken: string | undefined,
): BatonError | undefined {
  if (claim !== undefined && claimToken !== undefined) return undefined;
  if (!separations.some((separation) => concerns(separation, state))) return undefined;
  return new BatonError(
    'not_owner',
    `duties are separated in '${state}' of workflow ${id}: claim the assignment, and report with the claim's token`,
  );
}
