import type { PhaseUsage, WorkflowEvent, WorkflowStatus } from '@baton/core';

export interface PhaseSummary {
  readonly phase: string;
  readonly role: string;
  /** Times that the build came to this phase. */
  readonly visits: number;
  /** Times that the role took the assignment, those that ended without an outcome included. */
  readonly attempts: number;
  /** Milliseconds in the phase, all visits together. */
  readonly durationMs: number;
  /** What models used in it; absent where none took part. */
  readonly usage: PhaseUsage | undefined;
}

/** How each phase went, in the order in which the build came to them. */
export function phasesOf(
  events: readonly WorkflowEvent[],
  owners: ReadonlyMap<string, string>,
  { updatedAt, usage }: WorkflowStatus,
): readonly PhaseSummary[] {
  const found = new Map<string, { visits: number; attempts: number; durationMs: number }>();
  const of = (phase: string) => {
    const known = found.get(phase) ?? { visits: 0, attempts: 0, durationMs: 0 };
    found.set(phase, known);
    return known;
  };
  let entered: { readonly phase: string; readonly at: number } | undefined;
  const leave = (at: number): void => {
    if (entered !== undefined) of(entered.phase).durationMs += at - entered.at;
  };
  for (const { type, data, at } of events) {
    if (type === 'assignment_claimed') of(String(data['state'])).attempts++;
    if (typeof data['to'] !== 'string') continue;
    leave(at);
    const isPhase = owners.has(data['to']);
    entered = isPhase ? { phase: data['to'], at } : undefined;
    if (isPhase) of(data['to']).visits++;
  }
  leave(updatedAt);
  return [...found].map(([phase, counts]) => ({
    phase,
    role: owners.get(phase) ?? '',
    ...counts,
    usage: usage[phase],
  }));
}
