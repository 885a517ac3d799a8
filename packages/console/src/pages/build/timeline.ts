import type { JsonObject, WorkflowEvent } from '@baton/core/api';
import { number, object, text, texts } from '../../components/json-fields.ts';

/*
 * The audit trail as people read it: one entry for each attempt from its claim to its end, and one for whatever
 * else happened.
 *
 * 1. At most one attempt is open, and it is the last one.
 * 2. An attempt is withdrawn once the work has gone back to its state or to an earlier one.
 * 3. What is not known is shown as it is: a newer server may know more types of events.
 */

type Tone = 'good' | 'bad' | 'warning' | 'neutral' | 'active';

export interface AttemptEntry {
  readonly kind: 'attempt';
  readonly sequence: number;
  readonly at: number;
  readonly endedAt: number | undefined;
  readonly state: string;
  readonly role: string;
  readonly worker: string;
  readonly attempt: number;
  readonly maxAttempts: number | undefined;
  readonly epoch: number;
  readonly models: readonly string[];
  readonly reserved: JsonObject | undefined;
  readonly used: JsonObject | undefined;
  readonly gates: readonly string[];
  readonly gatesNotApplied: readonly string[];
  readonly checkpoint: JsonObject | undefined;
  readonly notes: readonly string[];
  /** What came of it; while it is open, that it is in progress. */
  readonly outcome: string;
  readonly tone: Tone;
  /** The number of the event by which it was withdrawn. */
  readonly withdrawnBy: number | undefined;
}

export interface HappeningEntry {
  readonly kind: 'happening';
  readonly sequence: number;
  readonly at: number;
  readonly type: string;
  readonly by: string;
  readonly epoch: number;
  readonly title: string;
  readonly detail: string | undefined;
  readonly tone: Tone;
}

export type Entry = AttemptEntry | HappeningEntry;

type Draft = { -readonly [K in keyof AttemptEntry]: AttemptEntry[K] };

/** Events that end an attempt and say nothing else. */
const ENDS_NO_MORE: ReadonlySet<string> = new Set(['attempt_failed', 'attempt_lost']);

/** Entries in the order in which they began. */
export function timelineOf(events: readonly WorkflowEvent[]): readonly Entry[] {
  const entries: (Draft | HappeningEntry)[] = [];
  /** Attempts whose outcome still stands, by the order of their states on the way to here. */
  let standing: Draft[] = [];
  let open: Draft | undefined;

  const end = (event: WorkflowEvent, outcome: string, tone: Tone) => {
    if (open === undefined) return;
    const { data } = event;
    open.endedAt = event.at;
    open.outcome = outcome;
    open.tone = tone;
    open.used = object(data, 'usage');
    open.gates = texts(data, 'gates');
    open.gatesNotApplied = texts(data, 'gatesNotApplied');
    open.checkpoint = object(data, 'checkpoint');
    open = undefined;
  };
  const withdraw = (target: string | undefined, sequence: number) => {
    const from = standing.findIndex(({ state }) => state === target);
    if (from === -1) return;
    for (const one of standing.slice(from)) one.withdrawnBy = sequence;
    standing = standing.slice(0, from);
  };

  for (const event of events) {
    const { type, data, sequence, at, epoch } = event;
    if (type === 'assignment_claimed') {
      open = claimed(event);
      entries.push(open);
      standing.push(open);
      continue;
    }
    if (type === 'noted' && open !== undefined) {
      open.notes = [...open.notes, text(data, 'message') ?? ''];
      continue;
    }
    const from = text(data, 'from');
    if (type === 'state_advanced' && open !== undefined && open.state === from) {
      end(event, `Done. Next: ${words(text(data, 'to') ?? '')}`, 'good');
      continue;
    }
    const { title, detail, tone, ends } = happeningOf(event);
    const isToldByAttempt = open !== undefined && ENDS_NO_MORE.has(type);
    if (ends !== undefined) end(event, ends, tone === 'neutral' ? 'good' : tone);
    if (isToldByAttempt) continue;
    const target = text(data, 'target') ?? text(data, 'to');
    if (type === 'retry_requested' || type === 'rollback_requested') withdraw(target, sequence);
    if (type === 'workflow_recovered') {
      // The second hop of what was said before is no news.
      const before = entries.at(-1);
      if (before?.kind === 'happening' && before.sequence === sequence - 1 && isSentBack(before))
        continue;
      withdraw(target, sequence);
    }
    entries.push({
      ...{ kind: 'happening', sequence, at, type, by: event.triggeredBy, epoch },
      ...{ title, detail, tone },
    });
  }
  return entries;
}

function isSentBack({ type }: HappeningEntry): boolean {
  return type === 'retry_requested' || type === 'rollback_requested';
}

function claimed({ sequence, at, data, triggeredBy, epoch }: WorkflowEvent): Draft {
  return {
    kind: 'attempt',
    sequence,
    at,
    endedAt: undefined,
    state: text(data, 'state') ?? '',
    role: text(data, 'role') ?? '',
    worker: triggeredBy,
    attempt: number(data, 'attempt') ?? 1,
    maxAttempts: number(data, 'maxAttempts'),
    epoch,
    models: texts(data, 'models'),
    reserved: object(data, 'reserved'),
    used: undefined,
    gates: [],
    gatesNotApplied: [],
    checkpoint: undefined,
    notes: [],
    outcome: 'In progress',
    tone: 'active',
    withdrawnBy: undefined,
  };
}

interface Happening {
  readonly title: string;
  readonly detail?: string | undefined;
  readonly tone: Tone;
  /** What it says of the attempt that it ends; absent: it ends none. */
  readonly ends?: string;
}

function happeningOf({ type, data }: WorkflowEvent): Happening {
  const at = (name: string) => text(data, name) ?? '';
  const state = (name: string) => words(at(name));
  const back = () => words(text(data, 'target') ?? at('to'));
  const count = (name: string) => number(data, name) ?? '?';
  switch (type) {
    case 'workflow_started':
      return { title: `Started in ${state('to')}`, tone: 'neutral' };
    case 'state_advanced':
      return { title: `${capital(state('from'))} → ${state('to')}`, tone: 'neutral' };
    case 'attempt_failed': {
      const ends = `Failed: ${at('message')}`;
      return {
        title: `Attempt ${count('attempt')} at ${state('state')} failed`,
        detail: at('message'),
        tone: 'warning',
        ends,
      };
    }
    case 'attempt_lost': {
      const ends = `Lost its claim: ${at('why')}`;
      return {
        title: `Attempt ${count('attempt')} at ${state('state')} lost its claim`,
        detail: at('why'),
        tone: 'warning',
        ends,
      };
    }
    case 'retry_requested': {
      const of =
        number(data, 'retries') === undefined
          ? ''
          : ` (retry ${count('retries')} of ${count('maxRetries')})`;
      return {
        title: `Sent back from ${state('from')} to ${back()}${of}`,
        detail: at('reason'),
        tone: 'warning',
        ends: `Sent the work back to ${back()}`,
      };
    }
    case 'rollback_requested': {
      const withdrawn = texts(data, 'withdrawn').join(', ');
      return {
        title: `Rolled back from ${state('from')} to ${back()}`,
        detail:
          withdrawn === ''
            ? at('reason')
            : `${at('reason')} (withdrew the outputs of ${withdrawn})`,
        tone: 'warning',
        ends: 'Withdrawn by a rollback',
      };
    }
    case 'workflow_failed':
      return {
        title: `Failed in ${state('from')}: ${words(at('code'))}`,
        detail: at('message'),
        tone: 'bad',
        ends: 'The build failed',
      };
    case 'workflow_cancelled':
      return {
        title: `Cancelled in ${state('from')}`,
        detail: at('reason'),
        tone: 'warning',
        ends: 'The build was cancelled',
      };
    case 'workflow_recovered':
      return {
        title: `Recovered into ${state('to')}`,
        detail: text(data, 'reason'),
        tone: 'warning',
      };
    case 'question_asked':
      return { title: 'Question', detail: at('text'), tone: 'warning', ends: 'Asked a question' };
    case 'question_answered':
      return { title: 'Answer', detail: at('answer'), tone: 'neutral' };
    case 'approval_requested':
      return {
        title: `${capital(state('state'))} → ${state('next')} waits for approval`,
        tone: 'warning',
        ends: 'Done. Waiting for approval',
      };
    case 'approval_decided': {
      const verdict = data['approved'] === true ? 'approved' : 'rejected';
      return {
        title: `${capital(state('state'))} → ${state('next')} ${verdict}`,
        detail: text(data, 'reason'),
        tone: verdict === 'approved' ? 'good' : 'warning',
      };
    }
    case 'definition_changed':
      return {
        title: 'The definition changed',
        detail: texts(data, 'differs').join(', '),
        tone: 'warning',
      };
    case 'noted':
      return { title: `Note: ${state('code')}`, detail: at('message'), tone: 'neutral' };
    default:
      return { title: type, detail: JSON.stringify(data), tone: 'neutral' };
  }
}

/** A name of a state as words. */
function words(name: string): string {
  return name.replaceAll('_', ' ');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
