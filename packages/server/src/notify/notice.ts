import type { JsonValue, Notice, NoticeAction, Occasion, Redact, WorkflowEvent } from '@baton/core';
import type { Delivery } from '../delivery/target.ts';

/** Characters of what a role, a model or a command said. */
const MOST_SAID = 1000;

/** Why people are told of an event; undefined: they are not. */
export function occasionOf(
  { type, data }: WorkflowEvent,
  finalState: string | undefined,
): Occasion | undefined {
  switch (type) {
    case 'state_advanced':
      // What is final has no way out: the workflow is still there.
      return finalState !== undefined && data['to'] === finalState ? 'complete' : undefined;
    case 'workflow_failed':
      return 'error';
    case 'workflow_cancelled':
      return 'cancelled';
    case 'question_asked':
      return 'question';
    case 'approval_requested':
      return 'approval';
    default:
      return undefined;
  }
}

export interface NoticeOptions {
  /** Where people reach the server; undefined: not known. */
  readonly publicUrl: string | undefined;
  readonly redact: Redact;
}

/** What people are told of an event: short, what is wanted of whom, and how. */
export function noticeOf(
  { id, workflow, event }: Delivery,
  occasion: Occasion,
  { publicUrl, redact }: NoticeOptions,
): Notice {
  const say = (value: JsonValue | undefined): string => said(value, redact);
  const name = `Build ${say(workflow.buildId)} of ${say(workflow.projectId)}`;
  const server = publicUrl === undefined ? '' : ` --server ${publicUrl}`;
  const told: Told = {
    workflowId: word(workflow.id, 'the-workflow'),
    userId: say(workflow.userId),
    event,
    say,
    command: (text) => `baton ${text}${server}`,
  };
  const { title, lines, actions } = TEXTS[occasion](told);
  return {
    ...{ id, occasion, workflowId: workflow.id, at: event.at },
    ...{ projectId: workflow.projectId, buildId: workflow.buildId, userId: workflow.userId },
    title: `${name} ${title}`.replaceAll('\n', ' '),
    text: lines.join('\n'),
    actions,
    link: publicUrl && `${publicUrl}/api/workflows/${encodeURIComponent(workflow.id)}/status`,
  };
}

interface Told {
  /** As a word of a shell. */
  readonly workflowId: string;
  readonly userId: string;
  readonly event: WorkflowEvent;
  readonly say: (value: JsonValue | undefined) => string;
  readonly command: (text: string) => string;
}

interface Text {
  /** Goes on after the name of the build. */
  readonly title: string;
  readonly lines: readonly string[];
  readonly actions: readonly NoticeAction[];
}

const TEXTS: Readonly<Record<Occasion, (told: Told) => Text>> = {
  complete: ({ workflowId, userId, command }) => ({
    title: 'is complete',
    lines: [`The build of ${userId} has passed all gates. Nothing is wanted.`],
    actions: [{ label: 'See what was done', command: command(`history ${workflowId}`) }],
  }),

  error: ({ workflowId, event: { data }, say, command }) => ({
    title: `failed in ${say(data['from'])}`,
    lines: [`${say(data['code'])}: ${say(data['message'])}`, 'It waits for a person.'],
    actions: [
      { label: 'See where it stands', command: command(`status ${workflowId}`) },
      {
        label: 'Have the phase done again',
        command: command(`request-retry ${workflowId} --reason "what to do differently"`),
      },
    ],
  }),

  cancelled: ({ workflowId, event: { data, triggeredBy }, say, command }) => ({
    title: `was cancelled in ${say(data['from'])}`,
    lines: [`${say(triggeredBy)} stopped it: ${say(data['reason'])}`, 'Nothing is wanted.'],
    actions: [
      { label: 'See where it stands', command: command(`status ${workflowId}`) },
      {
        label: 'Take it up again',
        command: command(`request-retry ${workflowId} --reason "why it is wanted after all"`),
      },
    ],
  }),

  question: ({ workflowId, userId, event: { data, triggeredBy }, say, command }) => {
    const { choices } = data;
    const of = Array.isArray(choices) ? [`One of: ${choices.map(say).join(' / ')}`] : [];
    const question = word(say(data['questionId']), 'the-question');
    return {
      title: 'asks a question',
      lines: [`${say(triggeredBy)} asks ${userId}: ${say(data['text'])}`, ...of],
      actions: [
        { label: 'Answer', command: command(`answer ${workflowId} ${question} "your answer"`) },
      ],
    };
  },

  approval: ({ workflowId, event: { data }, say, command }) => {
    const { approvers } = data;
    const names = Array.isArray(approvers) ? approvers.map(say) : [];
    const [first] = names;
    const by = first === undefined || names.length > 1 ? 'your-name' : word(first, 'your-name');
    const approve = `approve ${workflowId} --by ${by}`;
    return {
      title: `waits for an approval`,
      lines: [
        `${say(data['state'])} → ${say(data['next'])} waits for ${names.length === 0 ? 'a person' : names.join(' or ')}.`,
      ],
      actions: [
        { label: 'Approve', command: command(approve) },
        { label: 'Send it back', command: command(`${approve} --reject --reason "why"`) },
      ],
    };
  },
};

/** What a shell takes as it is; for all else, what to put there. */
function word(text: string, otherwise: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : otherwise;
}

/** Words of others: masked, before they are cut; without what a terminal or a mail could take for more than text. */
function said(value: JsonValue | undefined, redact: Redact): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? '');
  const masked = redact(text)
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/(?!\n)[\p{Cc}\p{Cf}]/gu, '');
  const fits = masked.length <= MOST_SAID ? masked : `${masked.slice(0, MOST_SAID - 1)}…`;
  return fits.toWellFormed();
}
