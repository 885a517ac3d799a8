import { ERROR_STATE, type WorkflowDefinition } from '../model/definition.ts';
import type { JsonObject } from '../model/json.ts';
import type { PhaseEntry, WorkflowSnapshot } from '../model/workflow.ts';
import { type EventDraft, entering } from './change.ts';

/** Phases that the workflow has been in and whose way to here still stands. */
export function phasesOnPath(snapshot: WorkflowSnapshot): readonly string[] {
  return snapshot.path.map(({ phase }) => phase);
}

/**
 * What a new epoch changes when the work goes back to `target`: its output and all later ones are
 * withdrawn, and a worker that began before may no longer report.
 */
export function backTo(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  target: string,
  now: number,
  entry: PhaseEntry,
): Partial<WorkflowSnapshot> {
  const kept = snapshot.path.slice(0, phasesOnPath(snapshot).lastIndexOf(target));
  const phases = kept.map(({ phase }) => phase);
  return {
    ...entering(definition, target, now),
    epoch: snapshot.epoch + 1,
    outputs: only(snapshot.outputs, phases),
    path: [...kept, entry],
    checkpoint: entry.checkpoint,
    failure: undefined,
  };
}

/** The answered questions among those that were asked in `phases`. */
export function questionsOf(
  { questions }: WorkflowSnapshot,
  phases: readonly string[],
): WorkflowSnapshot['questions'] {
  return questions.filter(
    ({ askedInState, answer }) => answer !== undefined && phases.includes(askedInState),
  );
}

/** The members of `all` that `keys` name. */
function only<T>(
  all: Readonly<Record<string, T>>,
  keys: readonly string[],
): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(all).filter(([key]) => keys.includes(key)));
}

/**
 * The hops from the current state back to `target`: one where there is a direct edge, else two by
 * way of `error`. Each is a transition of the definition.
 */
export function hopsBack(
  definition: WorkflowDefinition,
  { state }: WorkflowSnapshot,
  target: string,
  type: 'retry_requested' | 'rollback_requested',
  triggeredBy: string,
  data: JsonObject,
): EventDraft[] {
  const direct = definition.edges[state]?.[target];
  const recovered = (from: string): EventDraft => ({
    type: 'workflow_recovered',
    triggeredBy,
    data: { from, to: target, ...data },
  });
  if (state === ERROR_STATE) return [recovered(ERROR_STATE)];
  if (direct === 'retry' && type === 'retry_requested') {
    return [{ type, triggeredBy, data: { from: state, to: target, ...data } }];
  }
  const requested = { type, triggeredBy, data: { from: state, to: ERROR_STATE, target, ...data } };
  return [requested, recovered(ERROR_STATE)];
}
