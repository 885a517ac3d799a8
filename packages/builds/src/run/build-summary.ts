import type {
  Checkpoint,
  Evidence,
  Failure,
  Handoff,
  JsonObject,
  PhaseUsage,
  WorkflowEvent,
  WorkflowStatus,
} from '@baton/core';
import { addPhaseUsage, NO_PHASE_USAGE } from '@baton/core/internal';
import type { Operations } from '../operations/operations.ts';

/** A way back that the build took, and why. */
interface WayBack {
  readonly from: string;
  readonly to: string;
  readonly by: string;
  readonly reason: string;
}

/** Something that the audit trail keeps of an attempt. */
interface NoteSummary {
  readonly phase: string;
  readonly code: string;
  readonly message: string;
}

/** A build as its audit trail tells it. */
export interface BuildSummary {
  readonly workflowId: string;
  readonly buildId: string;
  readonly projectId: string;
  readonly state: string;
  readonly complete: boolean;
  readonly elapsedMs: number;
  /** Every state, in the order in which the build came to it. */
  readonly walk: readonly string[];
  readonly phases: readonly PhaseSummary[];
  /** The phases whose outputs stand, in their order. */
  readonly completedPhases: readonly string[];
  readonly waysBack: readonly WayBack[];
  readonly retries: number;
  readonly maxRetries: number;
  readonly handoffs: number;
  /** Commands that were really run, of the outputs that stand. */
  readonly evidence: readonly (Evidence & { readonly phase: string })[];
  /** Where it runs, once it is deployed. */
  readonly deployedTo: string | undefined;
  /** What each phase handed over, of the outputs that stand. */
  readonly outputs: Readonly<Record<string, JsonObject>>;
  /** The files as they were judged last; absent where the build has no workspace. */
  readonly checkpoint: Checkpoint | undefined;
  /** Milliseconds since the Unix epoch; absent before. */
  readonly completedAt: number | undefined;
  readonly failure: Failure | undefined;
  /** What models used in all phases together, withdrawn attempts included. */
  readonly usage: PhaseUsage;
  readonly notes: readonly NoteSummary[];
}

export async function summarize(operations: Operations, workflowId: string): Promise<BuildSummary> {
  const status = await operations.status({ workflowId });
  const { name, version } = status.definition;
  const definition = await operations.describeDefinition({ name, version });
  const phases = definition.states.filter(({ kind }) => kind === 'phase');
  const owners = new Map(phases.map((phase) => [phase.name, phase.owners[0] ?? '']));
  const events: WorkflowEvent[] = [];
  for await (const event of operations.watch({ workflowId, follow: false })) events.push(event);
  const outputs = standing(await allHandoffs(operations, workflowId), status);
  return {
    workflowId,
    buildId: status.buildId,
    projectId: status.projectId,
    state: status.state,
    complete: status.completedAt !== undefined,
    elapsedMs: status.elapsedMs,
    walk: events.flatMap(({ data }) => (typeof data['to'] === 'string' ? [data['to']] : [])),
    phases: phasesOf(events, owners, status),
    completedPhases: status.completedPhases,
    waysBack: events.flatMap(wayBack),
    retries: status.retries,
    maxRetries: status.maxRetries,
    handoffs: status.handoffs,
    evidence: outputs.flatMap(({ fromState, data }) =>
      ((data['evidence'] ?? []) as unknown as readonly Evidence[]).map((one) => ({
        phase: fromState,
        ...one,
      })),
    ),
    deployedTo: textOf(outputs.findLast(({ data }) => data['deployed'] === true)?.data['target']),
    outputs: Object.fromEntries(outputs.map(({ fromState, data }) => [fromState, data])),
    checkpoint: status.checkpoint,
    completedAt: status.completedAt,
    failure: status.failure,
    usage: Object.values(status.usage).reduce(addPhaseUsage, NO_PHASE_USAGE),
    notes: events.flatMap(noteOf),
  };
}

function noteOf({ type, data }: WorkflowEvent): readonly NoteSummary[] {
  if (type !== 'noted') return [];
  const { state, code, message } = data;
  return [{ phase: String(state), code: String(code), message: textOf(message) ?? '' }];
}

function wayBack(
  { type, triggeredBy, data, revision }: WorkflowEvent,
  index: number,
  events: readonly WorkflowEvent[],
): readonly WayBack[] {
  const requested = type === 'retry_requested' || type === 'rollback_requested';
  // A way by `error` is two hops in one commit; the first says where it leads.
  const isSecondHop = events[index - 1]?.revision === revision;
  if (!requested && (type !== 'workflow_recovered' || isSecondHop)) return [];
  const { from, to, target, reason } = data;
  return [
    { from: String(from), to: String(target ?? to), by: triggeredBy, reason: textOf(reason) ?? '' },
  ];
}

/** The last output of each phase that the build still stands on. */
function standing(
  handoffs: readonly Handoff[],
  { completedPhases }: WorkflowStatus,
): readonly Handoff[] {
  return completedPhases.flatMap((phase) => {
    const last = handoffs.findLast(({ fromState }) => fromState === phase);
    return last === undefined ? [] : [last];
  });
}

async function allHandoffs(operations: Operations, workflowId: string): Promise<Handoff[]> {
  const handoffs: Handoff[] = [];
  let pageToken: string | undefined;
  do {
    const page = await operations.history({ workflowId, ...(pageToken && { pageToken }) });
    handoffs.push(...page.handoffs);
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
  return handoffs;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

interface PhaseSummary {
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
function phasesOf(
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
