import type { WorkflowDefinition } from '../model/definition.ts';
import { BatonError } from '../model/errors.ts';
import type { JsonObject } from '../model/json-value.ts';
import { createPayloadRoom } from '../model/payload-size.ts';
import { type DescribeWorkflowRequest, describeWorkflowRequest } from '../model/requests.ts';
import type { WorkflowDescription } from '../model/views.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import type { OrchestratorContext } from './context.ts';
import { load } from './load.ts';
import { validate } from './validate.ts';

/** What a workflow is about and what it has come to, read from the store. */
export async function describeWorkflow(
  context: OrchestratorContext,
  request: DescribeWorkflowRequest,
): Promise<WorkflowDescription> {
  const checked = validate(describeWorkflowRequest, request, 'the workflow request');
  const { workflowId, phase, withoutOutputs } = checked;
  const { snapshot } = await load(context, workflowId);
  if (phase !== undefined) refuseUnknown(context.definitions.known(snapshot), phase);
  const room = createPayloadRoom();
  const { requirements, metadata, awaiting } = snapshot;
  const ofRequest =
    phase === undefined
      ? {
          requirements: room.take(requirements) ? requirements : undefined,
          metadata: room.take(metadata) ? metadata : undefined,
        }
      : { requirements: undefined, metadata: undefined };
  return {
    workflowId: snapshot.id,
    buildId: snapshot.buildId,
    projectId: snapshot.projectId,
    userId: snapshot.userId,
    definition: snapshot.definition,
    state: snapshot.state,
    revision: snapshot.revision,
    epoch: snapshot.epoch,
    ...ofRequest,
    outputs: outputsInOrder(snapshot)
      .filter(([state]) => phase === undefined || state === phase)
      .map(([state, output]) => ({
        state,
        output: !withoutOutputs && room.take(output) ? output : undefined,
      })),
    awaiting,
    // A move from a handoff waits with the output of the phase before.
    phaseToApprove: awaiting?.kind === 'approval' ? snapshot.path.at(-1)?.phase : undefined,
  };
}

/** As the phases follow each other on the way: a store may keep them in another order. */
function outputsInOrder({ outputs, path }: WorkflowSnapshot): readonly [string, JsonObject][] {
  const places = new Map(path.map(({ phase }, place) => [phase, place]));
  const placeOf = (state: string): number => places.get(state) ?? path.length;
  return Object.entries(outputs).sort(([a], [b]) => placeOf(a) - placeOf(b));
}

/** A phase that there is not is a slip of the pen: without an output it would look unfinished. */
function refuseUnknown(definition: WorkflowDefinition | undefined, phase: string): void {
  if (definition === undefined) return;
  const legal = Object.keys(definition.states).filter(
    (state) => definition.states[state]?.kind === 'phase',
  );
  if (legal.includes(phase)) return;
  const { name, version } = definition;
  const description = `'${phase}' is no phase of '${name}@${version}'; phases: ${legal.join(', ')}`;
  throw new BatonError('invalid_input', `phase: ${description}`, {
    violations: [{ field: 'phase', description }],
    legal,
  });
}
