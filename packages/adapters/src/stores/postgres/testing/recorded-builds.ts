import { setTimeout as sleep } from 'node:timers/promises';
import { BatonError, createOrchestrator, type WorkflowStore } from '@baton/core';
import { passingOutputs } from '@baton/core/testing';

/** Acknowledged revisions by workflow. Unavailable answers are retried. */
export interface Recorded {
  readonly acknowledged: ReadonlyMap<string, readonly number[]>;
  readonly unavailable: number;
}

/** Runs builds from start to complete, `atOnce` concurrently, until `signal` aborts; finishes those begun. */
export async function recordBuilds(
  store: WorkflowStore,
  atOnce: number,
  signal: AbortSignal,
): Promise<Recorded> {
  const baton = createOrchestrator({ store });
  const acknowledged = new Map<string, number[]>();
  let builds = 0;
  let unavailable = 0;

  async function insist<T>(request: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await request();
      } catch (reason) {
        if (!BatonError.is(reason) || reason.code !== 'unavailable') throw reason;
        unavailable++;
        await sleep(10);
      }
    }
  }

  async function build(): Promise<void> {
    const request = {
      projectId: 'p',
      buildId: `b${builds++}`,
      userId: 'u',
      requirements: { a: 1 },
    };
    const started = { ...request, requestId: `start-${request.buildId}` };
    const { workflowId, ...first } = await insist(() => baton.start(started));
    const revisions = [1];
    acknowledged.set(workflowId, revisions);
    let { state, role } = first;
    while (role !== undefined) {
      const result = passingOutputs[state as keyof typeof passingOutputs];
      const advance = { workflowId, role, completedState: state, result, requestId: state };
      const reply = await insist(() => baton.advance(advance));
      revisions.push(reply.revision);
      state = reply.state;
      role = reply.role;
    }
  }

  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (!signal.aborted) await build();
    }),
  );
  return { acknowledged, unavailable };
}
