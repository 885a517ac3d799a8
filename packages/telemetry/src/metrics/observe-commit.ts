import type { WorkflowEvent, WorkflowSnapshot } from '@baton/core';
import type { PhaseUsage } from '@baton/core/api';
import type { Metrics } from './metrics.ts';

type Counted = Pick<Metrics, 'count' | 'observe'>;

/** Where no role acts, or no model is known. */
const NONE = 'none';

/**
 * What one commit says of claims, attempts, builds and usage.
 *
 * @param before the workflow as it was; undefined for one that begins.
 */
export function observeCommit(
  metrics: Counted,
  before: WorkflowSnapshot | undefined,
  after: WorkflowSnapshot,
  events: readonly WorkflowEvent[],
): void {
  observeBuild(metrics, before, after, events);
  observeClaims(metrics, before, events);
  if (before === undefined) return;
  observeAttempt(metrics, before, after, events);
  if (before.usage !== after.usage) observeUsage(metrics, before, after);
}

function observeBuild(
  metrics: Counted,
  before: WorkflowSnapshot | undefined,
  after: WorkflowSnapshot,
  events: readonly WorkflowEvent[],
): void {
  const { projectId: project, completedAt, createdAt } = after;
  if (before === undefined) metrics.count('buildsStarted', { project });
  for (const { type, data } of events) {
    if (type === 'workflow_failed') {
      metrics.count('buildsEnded', { outcome: 'error', reason: String(data['code']), project });
    } else if (type === 'workflow_cancelled') {
      metrics.count('buildsEnded', { outcome: 'cancelled', reason: NONE, project });
    }
  }
  if (completedAt === undefined || before?.completedAt !== undefined) return;
  metrics.count('buildsEnded', { outcome: 'complete', reason: NONE, project });
  metrics.observe('buildSeconds', {}, Math.max(0, completedAt - createdAt) / 1000);
}

function observeClaims(
  metrics: Counted,
  before: WorkflowSnapshot | undefined,
  events: readonly WorkflowEvent[],
): void {
  for (const { type, data } of events) {
    if (type === 'assignment_claimed') {
      metrics.count('claimsMade', { role: String(data['role'] || NONE) });
    } else if (type === 'attempt_lost') {
      const lost = data['why'] === 'expired' ? 'claimsExpired' : 'claimsWithdrawn';
      metrics.count(lost, { role: before?.role ?? NONE });
    }
  }
}

function observeAttempt(
  metrics: Counted,
  { claim, role = NONE }: WorkflowSnapshot,
  after: WorkflowSnapshot,
  events: readonly WorkflowEvent[],
): void {
  if (claim === undefined || after.claim?.token === claim.token) return;
  const outcome = outcomeOf(events);
  const endedAt = outcome === 'lost' ? Math.min(after.updatedAt, claim.expiresAt) : after.updatedAt;
  const seconds = Math.max(0, endedAt - claim.claimedAt) / 1000;
  metrics.observe('attempts', { role, outcome }, seconds);
}

/** How the attempt ended that the first of these events are of. */
function outcomeOf(events: readonly WorkflowEvent[]): string {
  for (const { type, data } of events) {
    switch (type) {
      case 'attempt_lost':
        return 'lost';
      case 'attempt_failed':
        return data['code'] === 'cancelled' ? 'given_back' : 'failed';
      case 'state_advanced':
      case 'approval_requested':
        return 'advanced';
      case 'retry_requested':
        return 'sent_back';
      case 'question_asked':
        return 'asked';
      case 'workflow_failed':
        return 'failed';
    }
  }
  return 'other';
}

function observeUsage(metrics: Counted, before: WorkflowSnapshot, after: WorkflowSnapshot): void {
  const { role = NONE, claim, projectId: project } = before;
  // Of an attempt that may fall back on a second model, the names are told together.
  const model = claim?.principal.models.join('+') || NONE;
  const labels = { role, model, project };
  const used = usedBetween(before, after);
  const tokens = {
    input: used.inputTokens - used.cachedInputTokens,
    cached_input: used.cachedInputTokens,
    output: used.outputTokens - used.reasoningTokens,
    reasoning: used.reasoningTokens,
  };
  for (const [type, count] of Object.entries(tokens)) {
    if (count > 0) metrics.count('tokens', { ...labels, type }, count);
  }
  if (used.cost > 0) metrics.count('cost', labels, used.cost);
  if (used.requests > 0) metrics.count('modelRequests', labels, used.requests);
  if (used.unpricedRequests > 0) metrics.count('unpricedRequests', labels, used.unpricedRequests);
}

const COUNTED = [
  'inputTokens',
  'cachedInputTokens',
  'outputTokens',
  'reasoningTokens',
  'cost',
  'requests',
  'unpricedRequests',
] as const satisfies readonly (keyof PhaseUsage)[];

type Used = Record<(typeof COUNTED)[number], number>;

function usedBetween(before: WorkflowSnapshot, after: WorkflowSnapshot): Used {
  const used = Object.fromEntries(COUNTED.map((name) => [name, 0])) as Used;
  for (const [phase, now] of Object.entries(after.usage)) {
    const then = before.usage[phase];
    if (now === then) continue;
    for (const name of COUNTED) used[name] += now[name] - (then?.[name] ?? 0);
  }
  return used;
}
