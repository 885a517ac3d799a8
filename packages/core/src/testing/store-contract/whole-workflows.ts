import { statsShare } from '../../model/stats.ts';
import { countersOf } from '../../model/tallies.ts';
import type { WorkflowSnapshot } from '../../model/workflow.ts';
import type { Orchestrator } from '../../orchestrator/operations.ts';
import type { StoredReply, WorkflowRecord, WorkflowStore } from '../../ports/workflow-store.ts';
import { passingOutputs } from '../build-outputs.ts';
import type { FakeClock } from '../fake-clock.ts';
import { aBuild, advanceTo, snapshotOf } from './harness.ts';

/** Everything that `store` has of a workflow, read page by page. */
export async function recordOf(
  store: WorkflowStore,
  workflowId: string,
  limit = 1000,
): Promise<WorkflowRecord> {
  const snapshot = await snapshotOf(store, workflowId);
  const events = await numbered((after) => store.readEvents({ workflowId, after, limit }), limit);
  const replies: StoredReply[] = [];
  for (let page = replies; page.length === limit || page === replies; ) {
    const after = replies.at(-1)?.requestId ?? '';
    page = [...(await store.readReplies({ workflowId, after, limit }))];
    replies.push(...page);
  }
  return {
    snapshot,
    handoffs: await numbered((after) => store.readHandoffs({ workflowId, after, limit }), limit),
    events,
    replies,
    stats: statsShare(snapshot, events),
    usage: countersOf(events),
  };
}

async function numbered<T>(
  read: (after: number) => Promise<readonly T[]>,
  limit: number,
): Promise<readonly T[]> {
  const found: T[] = [];
  for (;;) {
    const page = await read(found.length);
    found.push(...page);
    if (page.length < limit) return found;
  }
}

/**
 * A build that has failed, was sent back, has asked, and is claimed, under request ids; the requests
 * to repeat, with the replies that they got.
 */
export async function anEventfulBuild(baton: Orchestrator, clock: FakeClock) {
  const build = aBuild({ requestId: 'start', metadata: { ünï: ['🏃🏽‍♀️', null, 1e300] } });
  const started = await baton.start(build);
  const { workflowId } = started;
  clock.advance(10);
  const giveUp = { workflowId, role: 'q_assistant', completedState: 'discovery' };
  await baton.advance({ ...giveUp, nextState: 'error', requestId: 'give-up' });
  clock.advance(10);
  await baton.requestRetry({
    workflowId,
    reason: 'try again',
    by: 'Bob <bob@example.org>',
    requestId: 'ｚ-retry',
  });
  const worker = { workflowId, worker: 'w', roles: ['q_assistant'], leaseMs: 30_000 };
  const { claim } = await baton.claim(worker);
  const asked = { workflowId, claimToken: claim.token, questions: [{ text: 'Which colours?' }] };
  const { questionIds } = await baton.ask(asked);
  const answer = { questionId: questionIds[0] ?? '', answer: 'grey', by: 'ada' };
  await baton.answerQuestion({ workflowId, ...answer, requestId: '😀-answer' });
  const done = {
    workflowId,
    role: 'q_assistant',
    completedState: 'discovery',
    result: passingOutputs.discovery,
    requestId: 'done',
  };
  const advanced = await baton.advance(done);
  await advanceTo(baton, workflowId, 'testing');
  clock.advance(10);
  const held = await baton.claim({ ...worker, roles: ['test_auditor'] });
  return {
    workflowId,
    build,
    claimToken: held.claim.token,
    started,
    done,
    advanced,
  };
}

/** A workflow in its first state, with a trail that is much longer than a page. */
export function aLongTrail(snapshot: WorkflowSnapshot, length: number): WorkflowRecord {
  const { id: workflowId, createdAt: at } = snapshot;
  const numbers = Array.from({ length }, (_, i) => i + 1);
  const text = 'ä'.repeat(100);
  const events = numbers.map((sequence) => ({
    workflowId,
    sequence,
    type: sequence === 1 ? ('workflow_started' as const) : ('noted' as const),
    triggeredBy: 'ada',
    data: { sequence, text },
    at,
    revision: sequence,
    epoch: 1,
  }));
  const whole = { ...snapshot, revision: length, sequence: length, handoffs: length };
  return {
    snapshot: whole,
    handoffs: numbers.map((number) => ({
      workflowId,
      number,
      fromRole: 'q_assistant',
      toRole: number === length ? undefined : 'code_writer',
      fromState: 'planning',
      toState: 'handoff_to_coder',
      data: { number, text },
      at,
    })),
    events,
    replies: numbers.map((n) => ({
      requestId: `r-${String(n).padStart(6, '0')}`,
      digest: `d-${n}`,
      body: { n, text },
    })),
    stats: statsShare(whole, events),
    usage: countersOf(events),
  };
}
