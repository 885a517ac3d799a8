import type { Assignment, JsonObject } from '@baton/core';
import { outcomeNames, type PromptContext } from './prompt.ts';

/** The user prompt: what this assignment is about. */
export function renderUser(assignment: Assignment, context: PromptContext): string {
  const { fence, expectations = [], repositoryGuides = '' } = context;
  const { state, requirements, inputs, answers, feedback, gates, allowance, checkpoint } =
    assignment;
  return [
    ...section(repositoryGuides !== '', () => repositoryGuides),
    fence.wrap('the request', jsonOf(requirements)),
    ...Object.entries(inputs).map(([phase, output]) =>
      fence.wrap(`output of ${phase}`, jsonOf(output)),
    ),
    ...section(answers.length > 0, () => {
      const texts = answers.map(
        ({ question, answer, answeredBy }) => `Q: ${question}\nA (${answeredBy}): ${answer}`,
      );
      return fence.wrap('answers of people', texts.join('\n\n'));
    }),
    ...section(feedback !== undefined, () => {
      const { fromRole, fromState, reason, details } = feedback as NonNullable<typeof feedback>;
      const text = details === undefined ? reason : `${reason}\n\n${details}`;
      const source = `feedback of ${fromRole} in ${fromState}`;
      return `This work came back, with this feedback; mend first what it says.\n${fence.wrap(source, text)}`;
    }),
    handOver(assignment, outcomeNames(context).advance),
    ...section(Object.keys(gates).length > 0, () => {
      const list = Object.entries(gates).map(([name, meaning]) => `- ${name}: ${meaning}`);
      return `Gates that the output must pass:\n${list.join('\n')}`;
    }),
    ...section(checkpoint !== undefined && namesWorkspace(assignment), () => {
      return `The digest of the workspace is ${checkpoint?.digest}.`;
    }),
    ...section(expectations.length > 0, () => {
      return `What the work has to pass after you; it comes back where it does not:\n${expectations.join('\n')}`;
    }),
    ...section(allowance?.tokens !== undefined, () => {
      return `You may use ${allowance?.tokens} tokens for this, everything that you read included.`;
    }),
    `Perform \`${state}\` now.`,
  ].join('\n\n');
}

/** Whether the output contains the digest of the workspace. */
function namesWorkspace({ outputSchema }: Assignment): boolean {
  return Object.hasOwn((outputSchema['properties'] ?? {}) as JsonObject, 'workspaceDigest');
}

/** The fields that are handed over; their schema is that of the tool. */
function handOver({ outputSchema }: Assignment, tool: string): string {
  const properties = Object.keys((outputSchema['properties'] ?? {}) as JsonObject);
  const required = (outputSchema['required'] ?? []) as readonly string[];
  const fields = properties
    .filter((name) => name !== 'evidence')
    .map((name) => (required.includes(name) ? name : `${name} (optional)`));
  return fields.length === 0
    ? `Hand over, by \`${tool}\`, what this phase leaves behind.`
    : `Hand over, by \`${tool}\`: ${fields.join(', ')}.`;
}

function section(isThere: boolean, render: () => string): string[] {
  return isThere ? [render()] : [];
}

function jsonOf(value: JsonObject): string {
  return JSON.stringify(value, undefined, 1);
}
