import type { Assignment } from '@baton/core';
import { fieldsOf, type OutputField } from './output-fields.ts';

/** A question stays readable, whatever the assignment holds. */
const FEEDBACK_CHARACTERS = 4000;

/**
 * The question to the person: the phase, why the work came back, what is to be handed over. The
 * same for the same assignment, and another one in another epoch.
 */
export function writeQuestion(
  assignment: Assignment,
  hasFiles: boolean,
  problem: string | undefined,
): string {
  const { state, role, epoch, requirements, feedback } = assignment;
  const request = requirements['request'];
  const fields = fieldsOf(assignment);
  return [
    `Please perform '${state}' as ${role} (epoch ${epoch}).`,
    ...(typeof request === 'string' ? [`The request: ${short(request)}`] : []),
    ...(feedback === undefined ? [] : [`It came back: ${short(feedback.reason)}`]),
    'To hand over:',
    ...fields.map(describe),
    'Answer with JSON of these fields, or with text for the required ones.',
    ...(hasFiles ? ["For files: commit them on a branch, and answer 'from <branch>: …'."] : []),
    "Instead: 'retry: <what must be done differently>' or 'fail: <why>'.",
    ...(problem === undefined ? [] : [problem]),
  ].join('\n');
}

function describe({ name, shown, required, description }: OutputField): string {
  return `- ${name} (${shown}${required ? '' : ', optional'}): ${description}`;
}

function short(text: string): string {
  return text.length <= FEEDBACK_CHARACTERS ? text : `${text.slice(0, FEEDBACK_CHARACTERS)}…`;
}
