import type { BatonError } from '../model/errors.ts';
import { addPhaseUsage, NO_PHASE_USAGE, type PhaseUsage, type Usage } from '../model/usage.ts';
import type { LostAttempt, WorkflowSnapshot } from '../model/workflow.ts';
import { change, type EventDraft, withUsage } from './change.ts';
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
  const before = snapshot.usage[lost.phase] ?? NO_PHASE_USAGE;
  const more = countedOf(before, lost, usage);
  const { role = '', model = '' } = lost;
  const spent = { role, model, attempts: 0, usage: more };
  const made = change(snapshot, now, {
    patch: {
      usage: { ...snapshot.usage, [lost.phase]: addPhaseUsage(before, more) },
      lostAttempts: others.length === 0 ? undefined : others,
    },
    events: [...notes.map((note) => noteOf(lost, note)), withUsage(counted, spent)],
  });
  return { kind: 'diverted', change: made, error: refusal };
}

/** What it has used is more, and what was set aside for it is less. */
function countedOf(before: PhaseUsage, { reserved }: LostAttempt, used: Usage): PhaseUsage {
  return {
    ...NO_PHASE_USAGE,
    ...used,
    unsettledTokens: -Math.min(before.unsettledTokens, reserved?.tokens ?? 0),
    unsettledCost: -Math.min(before.unsettledCost, reserved?.cost ?? 0),
  };
}

function noteOf({ worker, phase }: LostAttempt, note: FailAttemptCommand['notes'][number]) {
  const { code, message } = note;
  return { type: 'noted', triggeredBy: worker, data: { state: phase, code, message } } as const;
}

function inWords({ attempt }: LostAttempt, { requests, inputTokens, outputTokens }: Usage): string {
  return `attempt ${attempt} lost its claim after ${requests} model requests (${inputTokens} tokens in, ${outputTokens} out): they are counted`;
}
