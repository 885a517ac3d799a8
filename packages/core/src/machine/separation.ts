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
    const before = phase === snapshot.state ? snapshot.performers[from] : undefined;
    if (before === undefined) continue;
    const taken = IDENTITIES[by](before);
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
