import type { Assignment } from '../model/assignment.ts';
import type { WorkflowDefinition } from '../model/definition.ts';
import { outputJsonSchema } from '../model/describe-definition.ts';
import { BatonError } from '../model/errors.ts';
import { deepFreeze } from '../model/json.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';

/** What the current phase of `snapshot` asks of its role. */
export function buildAssignment(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
): Assignment {
  const { state, claim } = snapshot;
  const phase = definition.states[state];
  if (phase?.kind !== 'phase' || claim === undefined) {
    throw new BatonError('stale_claim', `workflow ${snapshot.id} has moved on to '${state}'`);
  }
  // It shares what is stored: a role must not be able to change it.
  return deepFreeze({
    workflowId: snapshot.id,
    buildId: snapshot.buildId,
    projectId: snapshot.projectId,
    userId: snapshot.userId,
    definition: snapshot.definition,
    state,
    role: phase.owner,
    epoch: snapshot.epoch,
    attempt: snapshot.attempt,
    instructions: definition.roles[phase.owner]?.instructions ?? '',
    requirements: snapshot.requirements,
    metadata: snapshot.metadata,
    inputs: snapshot.outputs,
    feedback: snapshot.feedback,
    answers: snapshot.questions.flatMap(({ text, answer }) =>
      answer === undefined
        ? []
        : [{ question: text, answer: answer.text, answeredBy: answer.answeredBy }],
    ),
    allowance: claim.reserved,
    outputSchema: outputJsonSchema(phase),
    gates: Object.fromEntries(phase.gates.map(({ name, description }) => [name, description])),
    checkpoint: snapshot.checkpoint,
    traceparent: snapshot.traceparent,
    deadline: Math.min(snapshot.deadline, claim.endsAt ?? snapshot.deadline),
  });
}
