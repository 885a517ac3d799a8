import type { BatonError } from '../model/errors.ts';
import { addPhaseUsage, NO_PHASE_USAGE, type Usage } from '../model/usage.ts';
import type { LostAttempt, WorkflowSnapshot } from '../model/workflow.ts';
import { change, type EventDraft } from './change.ts';
import type { Decision, FailAttemptCommand } from './command.ts';

/**
 * The report of an attempt that was lost: refused, but what it used is counted, in place of what was set
 * aside for it. Undefined for any other.
 */
export function reportOfLost(
  snapshot: WorkflowSnapshot,
  { claimToken, usage, notes, now }: FailAttemptCommand,
  refusal: BatonError,
): Decision<never> | undefined {
  const lost = snapshot.lostAttempts?.find(({ token }) => token === claimToken);
  if (lost === undefined || usage === undefined || snapshot.completedAt !== undefined) {
    return undefined;
  }
  const others = snapshot.lostAttempts?.filter((one) => one !== lost) ?? [];
  const counted: EventDraft = {
    type: 'noted',
    triggeredBy: lost.worker,
    data: { state: lost.phase, code: 'late_usage', message: inWords(lost, usage) },
  };
  const made = change(snapshot, now, {
    patch: {
      usage: { ...snapshot.usage, [lost.phase]: counting(snapshot, lost, usage) },
      lostAttempts: others.length === 0 ? undefined : others,
    },
    events: [...notes.map((note) => noteOf(lost, note)), counted],
  });
  return { kind: 'diverted', change: made, error: refusal };
}

function counting({ usage }: WorkflowSnapshot, { phase, reserved }: LostAttempt, used: Usage) {
  const before = usage[phase] ?? NO_PHASE_USAGE;
  const sum = addPhaseUsage(before, { ...NO_PHASE_USAGE, ...used });
  return {
    ...sum,
    unsettledTokens: Math.max(0, sum.unsettledTokens - (reserved?.tokens ?? 0)),
    unsettledCost: Math.max(0, sum.unsettledCost - (reserved?.cost ?? 0)),
  };
}

function noteOf({ worker, phase }: LostAttempt, note: FailAttemptCommand['notes'][number]) {
  const { code, message } = note;
  return { type: 'noted', triggeredBy: worker, data: { state: phase, code, message } } as const;
}

function inWords({ attempt }: LostAttempt, { requests, inputTokens, outputTokens }: Usage): string {
  return `attempt ${attempt} lost its claim after ${requests} model requests (${inputTokens} tokens in, ${outputTokens} out): they are counted`;
}
