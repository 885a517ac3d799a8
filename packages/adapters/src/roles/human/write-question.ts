import type { Assignment } from '@baton/core';
import { fieldsOf, type OutputField } from './output-fields.ts';

/** Characters of feedback that a question shows. */
const FEEDBACK_CHARACTERS = 4000;

/**
 * Writes the question to the person: the phase, why the work came back, what to hand over. Equal assignments
 * give equal questions; another epoch gives another question.
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
