import { oneLine, plain } from '@baton/builds/internal';
import type { JsonValue, WorkflowEvent } from '@baton/core';

/** Maximum length of the text for an event of an unknown type. */
const UNKNOWN_CHARACTERS = 300;

export type Tone = 'good' | 'bad' | 'warning' | 'neutral';

export interface EventDescription {
  readonly sign: string;
  readonly text: string;
  readonly tone: Tone;
}

/**
 * An entry of the audit trail in one line for people. The set of types is open: a newer server may
 * know more of them, and those are shown as they are.
 */
export function describeEvent({ type, triggeredBy, data }: WorkflowEvent): EventDescription {
  const at = (name: string): string => plain(textOf(data[name]));
  switch (type) {
    case 'workflow_started':
      return neutral('●', `started in ${at('to')} by ${plain(triggeredBy)}`);
    case 'state_advanced':
      return { sign: '✔', text: `${at('from')} → ${at('to')}`, tone: 'good' };
    case 'assignment_claimed':
      return neutral('▶', `${at('state').padEnd(14)}  ${at('role')}${again(data)}`);
    case 'attempt_failed':
      return {
        sign: '!',
        text: `${at('state')}: attempt ${at('attempt')} at this step failed: ${at('message')}`,
        tone: 'warning',
      };
    case 'attempt_lost':
      return {
        sign: '!',
        text: `${at('state')}: attempt ${at('attempt')} lost its claim (${at('why')})`,
        tone: 'warning',
      };
    case 'retry_requested':
    case 'rollback_requested': {
      const what = type === 'retry_requested' ? `retry ${counted(data)}` : 'rollback';
      const target = at('target') || at('to');
      return {
        sign: '↩',
        text: `${at('from')} → ${target}  ${what} by ${plain(triggeredBy)}: ${at('reason')}`,
        tone: 'warning',
      };
    }
    case 'workflow_recovered':
      return { sign: '↩', text: `${at('from')} → ${at('to')}: ${at('reason')}`, tone: 'warning' };
    case 'workflow_failed':
      return { sign: '✖', text: `${at('from')} → ${at('to')}: ${at('message')}`, tone: 'bad' };
    case 'workflow_cancelled':
      return {
        sign: '✖',
        text: `${at('from')} → ${at('to')}  cancelled by ${plain(triggeredBy)}: ${at('reason')}`,
        tone: 'warning',
      };
    case 'question_asked':
      return {
        sign: '?',
        text: `${at('state')}: ${plain(triggeredBy)} asks ${at('questionId')}: ${at('text')}${choices(data['choices'])}`,
        tone: 'warning',
      };
    case 'question_answered':
      return neutral('«', `${plain(triggeredBy)} answers ${at('questionId')}: ${at('answer')}`);
    case 'approval_requested':
      return {
        sign: '?',
        text: `${at('state')} → ${at('next')} waits for approval${by(data['approvers'])}`,
        tone: 'warning',
      };
    case 'approval_decided': {
      const approved = data['approved'] === true;
      const why = at('reason') && `: ${at('reason')}`;
      const what = `${at('state')} → ${at('next')} ${approved ? 'approved' : 'rejected'}`;
      return {
        sign: approved ? '✔' : '✖',
        text: `${what} by ${plain(triggeredBy)}${why}`,
        tone: approved ? 'good' : 'warning',
      };
    }
    case 'definition_changed':
      return {
        sign: '!',
        text: `${at('state')}: other rules than before (${plain(names(data['differs']))}), by ${plain(triggeredBy)}`,
        tone: 'warning',
      };
    case 'noted':
      return neutral('·', `${at('state')}: ${at('message')} (${at('code')})`);
    default: {
      const facts = Object.keys(data).length === 0 ? '' : ` ${JSON.stringify(data)}`;
      return neutral('·', oneLine(`${textOf(type)} by ${triggeredBy}${facts}`, UNKNOWN_CHARACTERS));
    }
  }
}

function neutral(sign: string, text: string): EventDescription {
  return { sign, text, tone: 'neutral' };
}

function counted({ retries, maxRetries }: WorkflowEvent['data']): string {
  return retries === undefined ? '' : `${textOf(retries)} of ${textOf(maxRetries)} in this build`;
}

/** Attempts at one step are no retries of the build: told where there is more than one. */
function again({ attempt, maxAttempts }: WorkflowEvent['data']): string {
  if (attempt === undefined || attempt === 1) return '';
  const most = maxAttempts === undefined ? '' : ` of ${textOf(maxAttempts)}`;
  return `  attempt ${textOf(attempt)}${most} at this step`;
}

function choices(value: JsonValue | undefined): string {
  return Array.isArray(value) && value.length > 0
    ? ` (${plain(value.map(textOf).join(' / '))})`
    : '';
}

function names(value: JsonValue | undefined): string {
  return Array.isArray(value) ? value.map(textOf).join(', ') : '';
}

function by(approvers: JsonValue | undefined): string {
  if (!Array.isArray(approvers) || approvers.length === 0) return '';
  return ` by ${plain(approvers.map(textOf).join(' or '))}`;
}

function textOf(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
