import { type Assignment, BatonError, type Outcome, type RoleContext } from '@baton/core';
import { redactDeep } from '@baton/core/internal';
import type { ModelMessage, ToolModelMessage, UserModelMessage } from 'ai';
import { type OutcomeReview, violationsOf } from '../review/outcome-review.ts';
import { createCorrectionBudget } from './correction-budget.ts';
import type { FallbackChain } from './fallback-chain.ts';
import type { ModelAnswer, ToolCall } from './model-call.ts';
import type { OutcomeTools } from './outcome-tools.ts';
import type { Prompt } from './prompts/prompt.ts';
import { toolResult } from './tool-result.ts';
import type { RoleTool } from './tools/role-tool.ts';
import { keepTranscript } from './transcript.ts';
import { type ToolRound, useTools } from './use-tools.ts';

export interface ConversationOptions extends ToolRound {
  readonly assignment: Assignment;
  readonly context: RoleContext;
  readonly prompt: Prompt;
  readonly line: FallbackChain;
  readonly reviews: readonly OutcomeReview[];
  readonly maxSteps: number;
  readonly maxRepairs: number;
}

/**
 * Runs the conversation until the model ends its assignment with an outcome tool: runs the tools that the
 * model calls and reports to it what is wrong with its answers. What was said is kept, however it ends.
 *
 * @throws BatonError `invalid_input` when no usable answer comes, `limit_exceeded` after `maxSteps` model
 * calls, and what the fallback chain throws.
 */
export async function converse(options: ConversationOptions): Promise<Outcome> {
  const { context } = options;
  const system = withoutSecrets(context, options.prompt.system);
  const user = withoutSecrets(context, options.prompt.user);
  const messages: ModelMessage[] = [{ role: 'user', content: user }];
  try {
    return await talk({ ...options, prompt: { system, user } }, messages);
  } finally {
    await keepTranscript(context, [{ role: 'system', content: system }, ...messages]);
  }
}

/** What a model is told has come from anywhere: from a user's own prompt or tool, too. */
function withoutSecrets<T>({ redact }: RoleContext, said: T): T {
  return redact === undefined ? said : redactDeep(redact, said);
}

/** @param messages what was said so far; what is said goes there. */
async function talk(options: ConversationOptions, messages: ModelMessage[]): Promise<Outcome> {
  const { assignment, context, prompt, line, tools, outcomes, reviews } = options;
  const { maxSteps, maxRepairs } = options;
  const corrections = createCorrectionBudget(assignment, maxRepairs);
  const descriptions = [...tools, ...outcomes.descriptions].map(
    ({ name, description, inputSchema }) => ({ name, description, inputSchema }),
  );
  /** The ids and names of calls stay, because they belong to the model's own messages. */
  const tell = (message: UserModelMessage | ToolModelMessage): void => {
    if (message.role === 'user') messages.push(withoutSecrets(context, message));
    else {
      const content = message.content.map((part) =>
        'output' in part ? { ...part, output: withoutSecrets(context, part.output) } : part,
      );
      messages.push({ ...message, content });
    }
  };

  for (let step = 0; step < maxSteps; step++) {
    const answer = await line.call({ system: prompt.system, messages, tools: descriptions });
    const reading = readAnswer(answer, tools, outcomes);
    messages.push(...answer.messages);
    switch (reading.kind) {
      case 'outcome': {
        const violations = await violationsOf(reviews, reading.outcome, assignment, context);
        if (violations.length === 0) return reading.outcome;
        corrections.refused(violations);
        tell(correction(answer.toolCalls, violations));
        break;
      }
      case 'refused':
        corrections.refused(reading.violations);
        tell(correction(answer.toolCalls, reading.violations));
        break;
      case 'work': {
        const { results, invalidCalls } = await useTools(answer.toolCalls, options);
        tell(results);
        if (invalidCalls.length === 0) corrections.reset();
        else corrections.invalid(invalidCalls);
        break;
      }
      case 'no_call':
        corrections.invalid(reading.violations);
        tell(correction([], reading.violations));
        break;
    }
  }
  throw new BatonError(
    'limit_exceeded',
    `the model of role '${assignment.role}' did not end '${assignment.state}' within ${maxSteps} calls (maxSteps)`,
  );
}

/**
 * Tells the model what is wrong with its answer: as the result of each call, or as a message if there is
 * none.
 */
function correction(
  calls: readonly ToolCall[],
  violations: readonly string[],
): UserModelMessage | ToolModelMessage {
  const list = violations.map((one) => `- ${one}`).join('\n');
  const text = `Not accepted. Correct this and answer again:\n${list}`;
  if (calls.length === 0) return { role: 'user', content: text };
  return { role: 'tool', content: calls.map((call) => toolResult(call, text, 'error-text')) };
}

/** What a model's answer is. */
type AnswerReading =
  /** It ends the assignment. */
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  /** It tries to end the assignment, with mistakes. */
  | { readonly kind: 'refused'; readonly violations: readonly string[] }
  /** It calls tools, some of which may not exist. */
  | { readonly kind: 'work' }
  /** It calls nothing. */
  | { readonly kind: 'no_call'; readonly violations: readonly string[] };

/**
 * Classifies an answer. An outcome must be the only call: the model would have decided without the results of
 * the others.
 *
 * @throws BatonError `invalid_input` when the provider or the model refused the content.
 */
function readAnswer(
  answer: ModelAnswer,
  tools: readonly RoleTool[],
  outcomes: OutcomeTools,
): AnswerReading {
  const { toolCalls, finishReason, text } = answer;
  if (finishReason === 'content-filter') {
    const said = text === '' ? '' : `: ${text}`;
    throw new BatonError('invalid_input', `the model refused the content${said}`);
  }
  const ends = toolCalls.filter(({ name }) => outcomes.has(name));
  const [first, second] = ends;
  if (toolCalls.length === 0) return { kind: 'no_call', violations: [whyNoCall(finishReason)] };
  if (first === undefined) return { kind: 'work' };
  if (second !== undefined) {
    const names = ends.map(({ name }) => `\`${name}\``).join(', ');
    const violation = `${names} were called in one answer; exactly one of them ends the assignment`;
    return { kind: 'refused', violations: [violation] };
  }
  if (toolCalls.length > 1) return { kind: 'work' };
  if (typeof first.input === 'string') {
    const cut = finishReason === 'length' ? ': it was cut at the output limit, answer shorter' : '';
    const violation = `the arguments of \`${first.name}\` are not JSON${cut}`;
    return { kind: 'refused', violations: [violation] };
  }
  const reading = outcomes.read(first.name, first.input);
  if (reading.kind === 'outcome') return reading;
  const violations = reading.violations.map((one) => `\`${first.name}\`: ${one}`);
  return { kind: 'refused', violations };

  function whyNoCall(reason: string): string {
    const names = [...tools, ...outcomes.descriptions].map(({ name }) => name).join(', ');
    const cut = reason === 'length' ? 'was cut at the output limit and ' : '';
    return `the answer ${cut}calls no tool; text alone does nothing: call one of ${names}`;
  }
}
