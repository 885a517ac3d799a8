import type { Note } from '../model/note.ts';
import {
  addPhaseUsage,
  NO_PHASE_USAGE,
  NO_USAGE,
  type PhaseUsage,
  type Usage,
} from '../model/usage.ts';
import { modelOf, type Spent } from '../model/usage-counters.ts';
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
  snapshot: WorkflowSnapshot,
  report: AttemptReport,
  now: number,
): WorkflowSnapshot['usage'] {
  const spent = spentBy(snapshot, report, now);
  if (spent === undefined) return snapshot.usage;
  return withSpent(snapshot, spent);
}

export function withSpent(
  { usage, path }: WorkflowSnapshot,
  { usage: more }: Spent,
): WorkflowSnapshot['usage'] {
  const { phase } = path.at(-1) as { phase: string };
  return { ...usage, [phase]: addPhaseUsage(usage[phase] ?? NO_PHASE_USAGE, more) };
}

/** What was used since the current claim began, if there is one, and by whom. */
export function spentBy(
  { claim, role = '' }: WorkflowSnapshot,
  { usage: used, claimToken }: AttemptReport,
  now: number,
): Spent | undefined {
  if (claim === undefined && used === undefined) return undefined;
  const byHolder = claim !== undefined && claim.token === claimToken;
  const lost = byHolder && used !== undefined ? undefined : claim?.reserved;
  const more: PhaseUsage = {
    ...(used ?? NO_USAGE),
    durationMs: claim === undefined ? 0 : workedMs(claim, byHolder, now),
    unsettledTokens: lost?.tokens ?? 0,
    unsettledCost: lost?.cost ?? 0,
  };
  const model = claim === undefined ? '' : modelOf(claim.principal);
  return { role, model, attempts: 1, usage: more };
}

/** A holder has worked until now; one that was lost, until its claim ran out at the latest. */
function workedMs(
  { claimedAt, expiresAt }: NonNullable<WorkflowSnapshot['claim']>,
  byHolder: boolean,
  now: number,
): number {
  return Math.max(0, (byHolder ? now : Math.min(now, expiresAt)) - claimedAt);
}
