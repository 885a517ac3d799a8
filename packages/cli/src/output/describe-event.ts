import type { JsonValue, WorkflowEvent } from '@baton/core';
import { plain } from './table.ts';

export type Tone = 'good' | 'bad' | 'warning' | 'neutral';

export interface EventDescription {
  readonly sign: string;
  readonly text: string;
  readonly tone: Tone;
}

/** An entry of the audit trail in one line for people. */
export function describeEvent({ type, triggeredBy, data }: WorkflowEvent): EventDescription {
  const at = (name: string): string => plain(textOf(data[name]));
  switch (type) {
    case 'workflow_started':
      return neutral('●', `started in ${at('to')}`);
    case 'state_advanced':
      return { sign: '✔', text: `${at('from')} → ${at('to')}`, tone: 'good' };
    case 'assignment_claimed':
      return neutral(
        '▶',
        `${at('state').padEnd(14)}  ${at('role')}  attempt ${at('attempt')}${limit(data['maxAttempts'])}`,
      );
    case 'attempt_failed':
      return {
        sign: '!',
        text: `${at('state')}: attempt ${at('attempt')} came to nothing: ${at('message')}`,
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
  }
}

function neutral(sign: string, text: string): EventDescription {
  return { sign, text, tone: 'neutral' };
}

function counted({ retries, maxRetries }: WorkflowEvent['data']): string {
  return retries === undefined ? '' : `${textOf(retries)} of ${textOf(maxRetries)}`;
}

function limit(maxAttempts: JsonValue | undefined): string {
  return maxAttempts === undefined ? '' : ` of ${textOf(maxAttempts)}`;
}

function textOf(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
