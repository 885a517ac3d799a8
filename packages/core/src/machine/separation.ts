import type { SeparatedBy, Separation, WorkflowDefinition } from '../model/definition.ts';
import { BatonError } from '../model/errors.ts';
import type { Performer } from '../model/principal.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';

/** What may not be in common. A phase without a model has none in common with any. */
const IDENTITIES: Readonly<Record<SeparatedBy, (performer: Performer) => readonly string[]>> = {
  worker: ({ worker }) => [worker],
  model: ({ models }) => models,
  model_family: ({ modelFamilies }) => modelFamilies,
};

/** Refuses a performer whom a separation of duties keeps from the current phase. */
export function refuseSamePerformer(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  performer: Performer,
): BatonError | undefined {
  for (const { phase, from, by } of definition.separations) {
    if (phase !== snapshot.state || !Object.hasOwn(snapshot.performers, from)) continue;
    const taken = (snapshot.performers[from] ?? []).flatMap(IDENTITIES[by]);
    const same = IDENTITIES[by](performer).find((one) => taken.includes(one));
    if (same === undefined) continue;
    return new BatonError(
      'not_owner',
      `${by} '${same}' performed '${from}' of workflow ${snapshot.id}, and may not perform '${phase}' too`,
      { metadata: { phase, from, by } },
    );
  }
  return undefined;
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

/** Refuses an output of nobody knows whom, where a separation of duties must compare its maker. */
export function refuseUnknownPerformer(
  { separations }: WorkflowDefinition,
  { id, state, claim }: WorkflowSnapshot,
  claimToken: string | undefined,
): BatonError | undefined {
  if (claim !== undefined && claimToken !== undefined) return undefined;
  const concerned = ({ phase, from }: Separation) => phase === state || from === state;
  if (!separations.some(concerned)) return undefined;
  return new BatonError(
    'not_owner',
    `duties are separated in '${state}' of workflow ${id}: claim the assignment, and advance with the claim's token`,
  );
}
