import { type Assignment, BatonError, type Outcome, type RoleContext } from '@baton/core';
import type { ModelMessage } from 'ai';
import { type OutcomeReview, violationsOf } from '../review/outcome-review.ts';
import { correction } from './correction.ts';
import { createCorrectionBudget } from './correction-budget.ts';
import type { FallbackChain } from './fallback-chain.ts';
import type { Prompt } from './prompts/prompt.ts';
import { readAnswer } from './read-answer.ts';
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
 * Talks with the model until it ends its assignment by a call of an outcome tool: runs the tools
 * that it calls, and gives back to it what is wrong with its answers. What was said is kept, however it ends.
 *
 * @throws BatonError `invalid_input` when no usable answer comes, `limit_exceeded` after `maxSteps`
 * model calls, or what the model line threw.
 */
export async function converse(options: ConversationOptions): Promise<Outcome> {
  const { context, prompt, redact } = options;
  const messages: ModelMessage[] = [{ role: 'user', content: prompt.user }];
  try {
    return await talk(options, messages);
  } finally {
    await keepTranscript(
      context,
      [{ role: 'system', content: prompt.system }, ...messages],
      redact,
    );
  }
}

/** @param messages what was said so far; what is said goes there. */
async function talk(options: ConversationOptions, messages: ModelMessage[]): Promise<Outcome> {
  const { assignment, context, prompt, line, tools, outcomes, reviews, redact } = options;
  const { maxSteps, maxRepairs } = options;
  const corrections = createCorrectionBudget(assignment, maxRepairs);
  const descriptions = [...tools, ...outcomes.descriptions].map(
    ({ name, description, inputSchema }) => ({ name, description, inputSchema }),
  );
  for (let step = 0; step < maxSteps; step++) {
    const answer = await line.call({ system: prompt.system, messages, tools: descriptions });
    const reading = readAnswer(answer, tools, outcomes);
    messages.push(...answer.messages);
    switch (reading.kind) {
      case 'outcome': {
        const violations = await violationsOf(reviews, reading.outcome, assignment, context);
        if (violations.length === 0) return reading.outcome;
        corrections.refused(violations);
        messages.push(correction(answer.toolCalls, violations, redact));
        break;
      }
      case 'refused':
        corrections.refused(reading.violations);
        messages.push(correction(answer.toolCalls, reading.violations, redact));
        break;
      case 'work': {
        const { results, invalidCalls } = await useTools(answer.toolCalls, options);
        messages.push(results);
        if (invalidCalls.length === 0) corrections.reset();
        else corrections.invalid(invalidCalls);
        break;
      }
      case 'no_call':
        corrections.invalid(reading.violations);
        messages.push(correction([], reading.violations, redact));
        break;
    }
  }
  throw new BatonError(
    'limit_exceeded',
    `the model of role '${assignment.role}' did not end '${assignment.state}' within ${maxSteps} calls (maxSteps)`,
  );
}
