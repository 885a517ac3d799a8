import { setTimeout as sleep } from 'node:timers/promises';
import { BatonError, createOrchestrator, type WorkflowStore } from '@baton/core';

/** Workflows under continuous change, with what the store acknowledged. */
export interface Load {
  /** Resolves when each workflow has been changed this many more times. */
  changed(times: number): Promise<void>;
  /** Resolves when the store has been unavailable once more. */
  refused(): Promise<void>;
  /**
   * Stops and returns the problems: acknowledged changes that are missing or doubled, gaps, partial commits,
   * and errors other than a retryable `unavailable`.
   */
  stop(): Promise<readonly string[]>;
}

/** Changes `workflows` workflows of a project, each one change at a time, until it is stopped. */
export async function keepChanging(
  store: WorkflowStore,
  workflows: number,
  projectId = 'p',
): Promise<Load> {
  const baton = createOrchestrator({ store });
  const acknowledged = new Map<string, string[]>();
  const wrong: string[] = [];
  let running = true;
  let unavailable = 0;

  async function insist<T>(request: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await request();
      } catch (reason) {
        const { code, retryable, message } = BatonError.from(reason);
        if (code !== 'unavailable' || !retryable) wrong.push(`${code}: ${message}`);
        unavailable++;
        await sleep(10);
      }
    }
  }

  const ids = await Promise.all(
    Array.from({ length: workflows }, async (_, i) => {
      const requestId = `b${i}`;
      const request = { projectId, buildId: requestId, userId: 'u', requirements: {}, requestId };
      return (await insist(() => baton.start(request))).workflowId;
    }),
  );
  const work = ids.map(async (workflowId) => {
    const reasons: string[] = [];
    acknowledged.set(workflowId, reasons);
    for (let i = 0; running; i++) {
      const reason = `change ${i}`;
      const request = { workflowId, targetState: 'discovery', reason, requestId: reason };
      await insist(() => baton.rollback(request));
      reasons.push(reason);
    }
  });

  return {
    async changed(times) {
      const counts = (): number[] => [...acknowledged.values()].map(({ length }) => length);
      const goals = counts().map((count) => count + times);
      while (counts().some((count, i) => count < (goals[i] ?? 0))) await sleep(5);
    },
    async refused() {
      const before = unavailable;
      while (unavailable === before) await sleep(5);
    },
    async stop() {
      running = false;
      await Promise.all(work);
      const flaws = [...wrong];
      for (const [workflowId, reasons] of acknowledged) {
        flaws.push(...(await insist(() => flawsOf(store, workflowId, reasons))));
      }
      return flaws;
    },
  };
}

async function flawsOf(
  store: WorkflowStore,
  workflowId: string,
  acknowledged: readonly string[],
): Promise<string[]> {
  const snapshot = (await store.load(workflowId))?.snapshot;
  const events = await store.readEvents({ workflowId, after: 0, limit: 10_000 });
  const flaws: string[] = [];
  const compare = (what: string, found: unknown, expected: unknown): void => {
    const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
    if (a !== b) flaws.push(`${workflowId}: ${what}: found ${a}, expected ${b}`);
  };
  const made = events
    .filter(({ type }) => type === 'rollback_requested')
    .map(({ data }) => data['reason']);
  compare('changes', made, acknowledged);
  compare(
    'sequences',
    events.map(({ sequence }) => sequence),
    Array.from({ length: snapshot?.sequence ?? -1 }, (_, i) => i + 1),
  );
  compare('revision', snapshot?.revision, acknowledged.length + 1);
  return flaws;
}
