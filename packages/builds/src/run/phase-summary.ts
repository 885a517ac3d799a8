import type { PhaseUsage, WorkflowEvent, WorkflowStatus } from '@baton/core';

export interface PhaseSummary {
  readonly phase: string;
  readonly role: string;
  /** How often the build entered this phase. */
  readonly visits: number;
  /** How often the role claimed the assignment, including attempts without an outcome. */
  readonly attempts: number;
  /** Milliseconds in the phase, over all visits. */
  readonly durationMs: number;
  /** Model usage in the phase. Undefined when no model took part. */
  readonly usage: PhaseUsage | undefined;
}

/** Summarises the phases, in the order in which the build entered them. */
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
