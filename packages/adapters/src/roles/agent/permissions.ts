import { createHash } from 'node:crypto';
import type {
  RequestPermissionRequest,
  RequestPermissionResponse,
  ToolKind,
} from '@agentclientprotocol/sdk';
import type { AnsweredQuestion, Outcome, Redact } from '@baton/core';
import { firstOf } from '../../process/excerpt.ts';

/** What an agent may do that asks before it does something. The first rule that fits decides. */
export interface PermissionRule {
  /** Kinds of tool calls (ACP's): `read`, `edit`, `execute`, `fetch` … Absent: any. */
  readonly kinds?: readonly ToolKind[] | undefined;
  /** A text that the title of the call contains. Absent: any. */
  readonly title?: string | undefined;
  /** `ask`: a person answers, as a question of the build, and the agent goes on after that. */
  readonly decision: 'allow' | 'reject' | 'ask';
}

type Question = Extract<Outcome, { kind: 'ask' }>['questions'][number];

export type PermissionAnswer =
  | { readonly kind: 'answer'; readonly response: RequestPermissionResponse }
  | { readonly kind: 'ask'; readonly question: Question };

const YES = 'allow';
const NO = 'reject';
/** Of what a call is called, and of what it brings with it; a person reads it. */
const TITLE_CHARACTERS = 1000;
const INPUT_CHARACTERS = 2000;

/**
 * Answers a request by the rules, and by what people said to the same question before. Without rules: allowed.
 *
 * @param redact masks secrets, as they are in the questions that were answered.
 */
export function answerPermission(
  request: RequestPermissionRequest,
  rules: readonly PermissionRule[],
  answers: readonly AnsweredQuestion[],
  redact: Redact = (text) => text,
): PermissionAnswer {
  const { kind, title } = request.toolCall;
  const rule = rules.find(
    (one) =>
      (one.kinds === undefined || one.kinds.includes(kind ?? 'other')) &&
      (one.title === undefined || (title ?? '').includes(one.title)),
  );
  const decision = rule?.decision ?? 'allow';
  if (decision !== 'ask') return answered(request, decision === 'allow');
  const text = questionOf(request, redact);
  const said = answers.findLast(({ question }) => question === text);
  if (said !== undefined) return answered(request, said.answer === YES);
  return { kind: 'ask', question: { text, choices: [YES, NO] } };
}

function answered({ options }: RequestPermissionRequest, allowed: boolean): PermissionAnswer {
  const kinds = allowed ? ['allow_once', 'allow_always'] : ['reject_once', 'reject_always'];
  const option = kinds
    .map((kind) => options.find((one) => one.kind === kind))
    .find((one) => one !== undefined);
  // An agent that offers no way to refuse is told that its call is cancelled.
  const outcome =
    option === undefined
      ? ({ outcome: 'cancelled' } as const)
      : ({ outcome: 'selected', optionId: option.optionId } as const);
  return { kind: 'answer', response: { outcome } };
}

/**
 * The same text for the same call, so that an answer is found again, and another for each other call: what does not fit
 * is told by its digest. Masked first: half a secret is not known as one.
 */
function questionOf({ toolCall }: RequestPermissionRequest, redact: Redact): string {
  const { kind, title, rawInput } = toolCall;
  const called = cut(redact(title ?? 'a tool call'), TITLE_CHARACTERS);
  const input = redact(JSON.stringify(rawInput) ?? '');
  const brings = input === '' ? '' : `\n${cut(input, INPUT_CHARACTERS)}`;
  return `The agent asks for permission (${kind ?? 'other'}): ${called}${brings}`;
}

function cut(text: string, most: number): string {
  const shown = firstOf(text, most);
  if (shown === text) return text;
  const digest = createHash('sha256').update(text).digest('hex');
  return `${shown} [not all of it is shown: ${text.length} characters, SHA-256 ${digest}]`;
}
