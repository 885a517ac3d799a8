import type { Evidence, Failure, Handoff, WorkflowEvent, WorkflowStatus } from '@baton/core';
import type { Operations } from '../operations/operations.ts';

interface PhaseSummary {
  readonly phase: string;
  readonly role: string;
  /** Times that the build came to this phase. */
  readonly visits: number;
  /** Times that the role took the assignment, those that ended without an outcome included. */
  readonly attempts: number;
  /** Milliseconds in the phase, all visits together. */
  readonly durationMs: number;
}

/** A way back that the build took, and why. */
interface WayBack {
  readonly from: string;
  readonly to: string;
  readonly by: string;
  readonly reason: string;
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
  readonly waysBack: readonly WayBack[];
  readonly retries: number;
  readonly maxRetries: number;
  readonly handoffs: number;
  /** Commands that were really run, of the outputs that stand. */
  readonly evidence: readonly (Evidence & { readonly phase: string })[];
  /** Where it runs, once it is deployed. */
  readonly deployedTo: string | undefined;
  /** Git ref that holds the files. */
  readonly ref: string;
  readonly failure: Failure | undefined;
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
    ref: `refs/baton/${workflowId}`,
    failure: status.failure,
  };
}

function phasesOf(
  events: readonly WorkflowEvent[],
  owners: ReadonlyMap<string, string>,
  { updatedAt }: WorkflowStatus,
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
  return [...found].map(([phase, counts]) => ({ phase, role: owners.get(phase) ?? '', ...counts }));
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
