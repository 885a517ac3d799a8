import type { WorkflowDefinition } from '../model/definition.ts';
import { BatonError } from '../model/errors.ts';
import type { Budgets } from '../model/usage.ts';
import type { WorkflowLimits, WorkflowSnapshot } from '../model/workflow.ts';
import { allowanceFor, RAISE_A_CAP } from './allowance.ts';
import type { RequestRetryCommand } from './command.ts';
import { refuseUnknownPhases } from './guards.ts';

/** What a person may change of the limits of a workflow when it is sent back. */
type NewLimits = Pick<RequestRetryCommand, 'budgets' | 'timeoutMs'>;

/** Limits are for people to set, and caps for phases that there are. */
export function refuseLimits(
  definition: WorkflowDefinition,
  { budgets, timeoutMs, claimToken, by }: RequestRetryCommand,
): BatonError | undefined {
  if (budgets === undefined && timeoutMs === undefined) return undefined;
  if (claimToken !== undefined || Object.hasOwn(definition.roles, by)) {
    const message = `'${by}' works under the limits: only a person may change them`;
    return new BatonError('not_owner', message);
  }
  return budgets && refuseUnknownPhases(definition, budgets);
}

/** What came to a limit goes on under a higher one: that is no retry of the work. */
export function raisesLimits(snapshot: WorkflowSnapshot, raise: NewLimits): boolean {
  const { failure, limits } = snapshot;
  if (failure?.code === 'timed_out') return (raise.timeoutMs ?? 0) > limits.timeoutMs;
  if (failure?.code !== 'budget_spent' || raise.budgets === undefined) return false;
  return refuseOverBudget(snapshot, raise, failure.phase) === undefined;
}

/** In `error`, a retry that would stop at a cap at once cannot help: it is not to cost one either. */
export function refuseOverBudget(
  snapshot: WorkflowSnapshot,
  raise: NewLimits,
  target: string,
): BatonError | undefined {
  const { id, failure } = snapshot;
  if (failure === undefined) return undefined;
  for (const phase of [failure.phase, target]) {
    const left = allowanceFor(
      { ...snapshot, limits: limitsAfter(snapshot, raise) },
      phase,
      undefined,
    );
    if (left.kind === 'left') continue;
    return new BatonError('budget_spent', `workflow ${id}: ${left.message}; ${RAISE_A_CAP}`);
  }
  return undefined;
}

export function limitsAfter(
  { limits }: WorkflowSnapshot,
  { budgets, timeoutMs = limits.timeoutMs }: NewLimits,
): WorkflowLimits {
  if (budgets === undefined) return { ...limits, timeoutMs };
  return { ...limits, timeoutMs, budgets: withCaps(limits.budgets, budgets) };
}

/** The caps of `more` beside those of `before` that it does not name. */
function withCaps(before: Budgets | undefined, more: Budgets): Budgets {
  const phases = { ...before?.phases };
  for (const [phase, budget] of Object.entries(more.phases ?? {})) {
    phases[phase] = { ...phases[phase], ...named(budget) };
  }
  return { ...before, ...named(more), phases };
}

/** A cap that is explicitly undefined is one that is not named. */
function named<T extends object>(caps: T): Partial<T> {
  const entries = Object.entries(caps).filter(([, cap]) => cap !== undefined);
  return Object.fromEntries(entries) as Partial<T>;
}
