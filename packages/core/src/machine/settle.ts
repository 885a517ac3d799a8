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
export interface Account {
  readonly usage: Usage | undefined;
  readonly notes: readonly Note[];
}

export const NO_ACCOUNT: Account = { usage: undefined, notes: [] };

/**
 * The usage of every phase after the current claim, if there is one, has ended. Without an account
 * of it, what was set aside counts as used: nobody knows how far the attempt got.
 */
export function settle(
  { claim, usage, path }: WorkflowSnapshot,
  used: Usage | undefined,
  now: number,
): WorkflowSnapshot['usage'] {
  if (claim === undefined && used === undefined) return usage;
  const { phase } = path.at(-1) as { phase: string };
  const lost = used === undefined ? claim?.reserved : undefined;
  const more: PhaseUsage = {
    ...(used ?? NO_USAGE),
    durationMs:
      claim === undefined ? 0 : Math.max(0, Math.min(now, claim.expiresAt) - claim.claimedAt),
    unsettledTokens: lost?.tokens ?? 0,
    unsettledCost: lost?.cost ?? 0,
  };
  return { ...usage, [phase]: addPhaseUsage(usage[phase] ?? NO_PHASE_USAGE, more) };
}
