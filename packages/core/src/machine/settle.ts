import type { Note } from '../model/note.ts';
import {
  addPhaseUsage,
  NO_PHASE_USAGE,
  NO_USAGE,
  type PhaseUsage,
  type Usage,
} from '../model/usage.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';

/** What an attempt tells of itself with its outcome. */
export interface AttemptReport {
  readonly usage?: Usage | undefined;
  readonly notes: readonly Note[];
  /** Of the claim that the attempt was made under. */
  readonly claimToken?: string | undefined;
}

export const NO_REPORT: AttemptReport = { usage: undefined, notes: [], claimToken: undefined };

/**
 * The usage of every phase after the current claim, if there is one, has ended. Unless its holder
 * says what it has used, what was set aside counts as used: how far the attempt got is unknown.
 */
export function settle(
  { claim, usage, path }: WorkflowSnapshot,
  { usage: used, claimToken }: AttemptReport,
  now: number,
): WorkflowSnapshot['usage'] {
  if (claim === undefined && used === undefined) return usage;
  const { phase } = path.at(-1) as { phase: string };
  const byHolder = claim !== undefined && claim.token === claimToken;
  const lost = byHolder && used !== undefined ? undefined : claim?.reserved;
  const more: PhaseUsage = {
    ...(used ?? NO_USAGE),
    durationMs: claim === undefined ? 0 : workedMs(claim, byHolder, now),
    unsettledTokens: lost?.tokens ?? 0,
    unsettledCost: lost?.cost ?? 0,
  };
  return { ...usage, [phase]: addPhaseUsage(usage[phase] ?? NO_PHASE_USAGE, more) };
}

/** A holder has worked until now; one that was lost, until its claim ran out at the latest. */
function workedMs(
  { claimedAt, expiresAt }: NonNullable<WorkflowSnapshot['claim']>,
  byHolder: boolean,
  now: number,
): number {
  return Math.max(0, (byHolder ? now : Math.min(now, expiresAt)) - claimedAt);
}
