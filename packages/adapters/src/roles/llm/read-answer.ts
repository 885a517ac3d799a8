import { BatonError, type Outcome } from '@baton/core';
import type { ModelAnswer } from './model-call.ts';
import type { OutcomeTools } from './outcome-tools.ts';
import type { RoleTool } from './tools/role-tool.ts';

/** What a model's answer is. */
export type AnswerReading =
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
export function readAnswer(
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
