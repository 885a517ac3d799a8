import { type Assignment, BatonError, type Outcome, type RoleContext } from '@baton/core';
import type { ModelMessage, ToolModelMessage } from 'ai';
import type { OutcomeReview } from '../review/outcome-review.ts';
import type { Fence } from './fence.ts';
import type { ModelAnswer, ToolCall } from './model-call.ts';
import type { ModelLine } from './model-line.ts';
import type { OutcomeTools } from './outcome-tools.ts';
import type { Prompt } from './prompts/prompt.ts';
import { readAnswer } from './read-answer.ts';
import { createRepairs } from './repairs.ts';
import type { RoleTool, ToolPlace } from './tools/role-tool.ts';
import { useTool } from './use-tool.ts';

export interface ConversationOptions {
  readonly assignment: Assignment;
  readonly context: RoleContext;
  readonly prompt: Prompt;
  readonly line: ModelLine;
  readonly tools: readonly RoleTool[];
  readonly outcomes: OutcomeTools;
  readonly reviews: readonly OutcomeReview[];
  readonly fence: Fence;
  /** Absent where there is no workspace, and then there are no tools either. */
  readonly place: ToolPlace | undefined;
  /** Makes a text safe to send to the model. */
  readonly redact: (text: string) => string;
  readonly maxSteps: number;
  readonly maxRepairs: number;
}

/**
 * Talks with the model until it ends its assignment by a call of an outcome tool: runs the tools
 * that it calls, and gives back to it what is wrong with its answers.
 *
 * @throws BatonError `invalid_input` when no usable answer comes, `limit_exceeded` after `maxSteps`
 * model calls, or what the model line threw.
 */
export async function converse(options: ConversationOptions): Promise<Outcome> {
  const { assignment, prompt, line, tools, outcomes, redact, maxSteps, maxRepairs } = options;
  const repairs = createRepairs(assignment, maxRepairs);
  const messages: ModelMessage[] = [{ role: 'user', content: prompt.user }];
  const descriptions = [...tools, ...outcomes.descriptions].map(
    ({ name, description, inputSchema }) => ({ name, description, inputSchema }),
  );
  for (let step = 0; step < maxSteps; step++) {
    const answer = await line.call({ system: prompt.system, messages, tools: descriptions });
    const reading = readAnswer(answer, tools, outcomes);
    messages.push(...answer.messages);
    switch (reading.kind) {
      case 'outcome': {
        const violations = await review(reading.outcome, options);
        if (violations.length === 0) return reading.outcome;
        repairs.refused(violations);
        messages.push(...correction(answer.toolCalls, violations, redact));
        break;
      }
      case 'refused':
        repairs.refused(reading.violations);
        messages.push(...correction(answer.toolCalls, reading.violations, redact));
        break;
      case 'work': {
        const { results, slips } = await useTools(answer, options);
        messages.push(...results);
        if (slips.length === 0) repairs.wentWell();
        else repairs.slipped(slips);
        break;
      }
      case 'no_call':
        repairs.slipped(reading.violations);
        messages.push(...correction([], reading.violations, redact));
        break;
    }
  }
  throw new BatonError(
    'limit_exceeded',
    `the model of role '${assignment.role}' did not end '${assignment.state}' within ${maxSteps} calls (maxSteps)`,
  );
}

async function review(
  outcome: Outcome,
  { reviews, assignment, context }: ConversationOptions,
): Promise<readonly string[]> {
  if (outcome.kind !== 'advance') return [];
  const found: string[] = [];
  for (const one of reviews) found.push(...(await one(outcome, assignment, context)));
  for (const message of found) context.note({ code: 'claim_refused', message });
  return found;
}

/** Runs the tools that were called, one after another; what is no tool answers with what is. */
async function useTools(
  { toolCalls }: ModelAnswer,
  { tools, outcomes, fence, place, redact, context }: ConversationOptions,
): Promise<{ results: ModelMessage[]; slips: string[] }> {
  const slips: string[] = [];
  const results: ToolModelMessage['content'] = [];
  for (const call of toolCalls) {
    const tool = tools.find(({ name }) => name === call.name);
    if (tool === undefined || place === undefined) {
      const problem = outcomes.has(call.name)
        ? `\`${call.name}\` must be the only call of its answer; call it again, alone`
        : `there is no tool \`${call.name.slice(0, 100)}\`; expected one of ${[...tools, ...outcomes.descriptions].map(({ name }) => name).join(', ')}`;
      slips.push(problem);
      results.push(resultOf(call, problem, 'error-text'));
      continue;
    }
    const { text, failed } = await useTool(tool, call, place, context);
    const source = `${call.name} ${tool.summary(call.input)}`;
    results.push(resultOf(call, redact(fence.wrap(source, text)), failed ? 'error-text' : 'text'));
  }
  return { results: [{ role: 'tool', content: results }], slips };
}

/** What is wrong, as the answer to each of the calls, or as a message where there is none. */
function correction(
  calls: readonly ToolCall[],
  violations: readonly string[],
  redact: (text: string) => string,
): ModelMessage[] {
  const list = violations.map((one) => `- ${one}`).join('\n');
  const text = redact(`Not accepted. Correct this and answer again:\n${list}`);
  if (calls.length === 0) return [{ role: 'user', content: text }];
  return [{ role: 'tool', content: calls.map((call) => resultOf(call, text, 'error-text')) }];
}

function resultOf({ id, name }: ToolCall, value: string, type: 'text' | 'error-text') {
  return { type: 'tool-result', toolCallId: id, toolName: name, output: { type, value } } as const;
}
