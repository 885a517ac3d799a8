import { ERROR_STATE, ownersOf, type WorkflowDefinition } from '../model/definition.ts';
import { BatonError } from '../model/errors.ts';
import type { Budgets } from '../model/usage.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import type { Expectations } from './command.ts';

/** Refuses a caller who speaks of another revision, epoch or claim than the current one. */
export function refuseStale(
  snapshot: WorkflowSnapshot,
  expected: Partial<Expectations>,
): BatonError | undefined {
  const { expectedRevision, expectedEpoch, claimToken } = expected;
  if (expectedEpoch !== undefined && expectedEpoch !== snapshot.epoch) {
    return new BatonError(
      'stale_epoch',
      `workflow ${snapshot.id} is in epoch ${snapshot.epoch}, the work began in epoch ${expectedEpoch}: a retry or rollback has overtaken it`,
      { metadata: { epoch: String(snapshot.epoch) } },
    );
  }
  if (expectedRevision !== undefined && expectedRevision !== snapshot.revision) {
    return new BatonError(
      'stale_revision',
      `workflow ${snapshot.id} is at revision ${snapshot.revision}, expected ${expectedRevision}: read it again and decide anew`,
      { metadata: { revision: String(snapshot.revision) } },
    );
  }
  if (claimToken === undefined || claimToken === snapshot.claim?.token) return undefined;
  return new BatonError(
    'stale_claim',
    `the claim under which this work on workflow ${snapshot.id} was done no longer holds: it was overtaken, reported before, or withdrawn; the workflow is in epoch ${snapshot.epoch}`,
    { metadata: { epoch: String(snapshot.epoch) } },
  );
}

/** Refuses to decide on files that the caller has not seen. */
export function refuseOtherCheckpoint(
  { id, checkpoint }: WorkflowSnapshot,
  expected: string | undefined,
): BatonError | undefined {
  if (expected === undefined || expected === checkpoint?.digest) return undefined;
  const found =
    checkpoint === undefined ? 'has no checkpoint' : `is at checkpoint ${checkpoint.digest}`;
  return new BatonError(
    'stale_revision',
    `workflow ${id} ${found}, expected ${expected}: look at what has changed and decide anew`,
    { metadata: { checkpoint: checkpoint?.digest ?? '' } },
  );
}

/** Refuses a caller without the current claim, while a claim is held. */
export function refuseNonHolder(
  { id, claim }: WorkflowSnapshot,
  claimToken: string | undefined,
  now: number,
): BatonError | undefined {
  if (claim === undefined || claim.token === claimToken || claim.expiresAt <= now) return undefined;
  return new BatonError(
    'stale_claim',
    `workflow ${id} is claimed by '${claim.worker}' until ${new Date(claim.expiresAt).toISOString()}; only the holder of the claim may report`,
  );
}

/** A person may interrupt the holder of the claim; a role may only if it is the holder. */
export function refuseOverClaim(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  actor: string,
  claimToken: string | undefined,
  now: number,
): BatonError | undefined {
  if (claimToken === undefined && !Object.hasOwn(definition.roles, actor)) return undefined;
  return refuseNonHolder(snapshot, claimToken, now);
}

/** Refuses `role` where the current state belongs to others. */
export function refuseNonOwner(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  role: string,
): BatonError | undefined {
  const owners = ownersOf(definition, snapshot.state);
  if (owners.includes(role)) return undefined;
  if (!Object.hasOwn(definition.roles, role)) {
    const roles = Object.keys(definition.roles);
    return new BatonError('invalid_input', `unknown role '${role}'; roles: ${roles.join(', ')}`, {
      violations: [{ field: 'role', description: `expected one of ${roles.join(', ')}` }],
      legal: roles,
    });
  }
  return new BatonError(
    'not_owner',
    `role '${role}' does not own state '${snapshot.state}' of workflow ${snapshot.id}; it belongs to ${owners.join(' and ')}`,
    { legal: owners },
  );
}

/** People may act anywhere; who comes with a role's name may act only where the role does. */
export function refuseForeignRole(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  actor: string,
): BatonError | undefined {
  if (!Object.hasOwn(definition.roles, actor) || snapshot.state === ERROR_STATE) return undefined;
  return refuseNonOwner(definition, snapshot, actor);
}

/** Refuses a role as decider, and a person who is not in `named`, unless `named` is empty. */
export function refusePrincipal(
  definition: WorkflowDefinition,
  principal: string,
  named: readonly string[],
): BatonError | undefined {
  if (Object.hasOwn(definition.roles, principal)) {
    const message = `'${principal}' is a role: this is for people to decide`;
    return new BatonError('not_owner', message, { legal: named });
  }
  if (named.length === 0 || named.includes(principal)) return undefined;
  const message = `'${principal}' may not decide this; expected ${named.join(' or ')}`;
  return new BatonError('not_owner', message, { legal: named });
}

/** Refuses a state that the definition does not have. */
export function refuseUnknownState(
  definition: WorkflowDefinition,
  field: string,
  state: string,
): BatonError | undefined {
  if (Object.hasOwn(definition.states, state)) return undefined;
  const states = Object.keys(definition.states);
  return new BatonError('invalid_input', `unknown state '${state}'; states: ${states.join(', ')}`, {
    violations: [{ field, description: `expected one of ${states.join(', ')}` }],
    legal: states,
  });
}

/** Refuses caps of phases that the definition does not have. */
export function refuseUnknownPhases(
  { states }: WorkflowDefinition,
  { phases = {} }: Budgets,
): BatonError | undefined {
  const legal = Object.keys(states).filter((name) => states[name]?.kind === 'phase');
  const unknown = Object.keys(phases).find((name) => !legal.includes(name));
  if (unknown === undefined) return undefined;
  const description = `there is no phase '${unknown}' to cap; phases: ${legal.join(', ')}`;
  return new BatonError('invalid_input', description, {
    violations: [{ field: `budgets.phases.${unknown}`, description }],
    legal,
  });
}

/** Refuses everything once the workflow has ended. */
export function refuseEnded(
  definition: WorkflowDefinition,
  { id, state }: WorkflowSnapshot,
): BatonError | undefined {
  if (definition.states[state]?.kind !== 'final') return undefined;
  return new BatonError('wrong_state', `workflow ${id} is in '${state}': it has ended`);
}
