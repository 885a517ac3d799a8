import {
  createMemoryStore,
  createOrchestrator,
  type DocumentStore,
  type Orchestrator,
} from '@baton/core';
import { createFakeClock, type FakeClock } from '@baton/core/testing';
import { onTestFinished } from 'vitest';
import type { Log } from '../../log.ts';
import { createDeliveries, type Deliveries } from '../deliveries.ts';
import type { Delivery, DeliveryResult, DeliveryTarget } from '../target.ts';

/** A target that keeps what it gets; `answer` says how each try ends. */
export interface TestTarget extends DeliveryTarget {
  /** What was delivered: `<build> <sequence> <type>`. */
  readonly got: string[];
  readonly deliveries: Delivery[];
  answer: (delivery: Delivery, signal: AbortSignal) => DeliveryResult | Promise<DeliveryResult>;
  tries: number;
}

export function testTarget(name = 'ops', wanted: Partial<DeliveryTarget> = {}): TestTarget {
  const target: TestTarget = {
    name,
    covers: () => true,
    wants: () => true,
    ...wanted,
    got: [],
    deliveries: [],
    tries: 0,
    answer: () => ({ kind: 'delivered' }),
    async deliver(delivery, signal) {
      target.tries++;
      const result = await target.answer(delivery, signal);
      if (result.kind === 'delivered') {
        const { workflow, event } = delivery;
        target.got.push(`${workflow.buildId} ${event.sequence} ${event.type}`);
        target.deliveries.push(delivery);
      }
      return result;
    },
  };
  return target;
}

export interface Scene {
  readonly clock: FakeClock;
  readonly store: Awaited<ReturnType<typeof createMemoryStore>>;
  readonly documents: DocumentStore;
  /** What was logged as a warning or an error. */
  readonly lines: string[];
  /** A server of the store: its operations, and its deliveries, which run until the test ends. */
  server(
    targets: readonly DeliveryTarget[],
    documents?: DocumentStore,
  ): Promise<{ readonly baton: Orchestrator; readonly deliveries: Deliveries }>;
  /** A process without deliveries: nobody hears of its commits. */
  readonly other: Orchestrator;
  /** Completes a workflow in one step, as another process would. */
  complete(workflowId: string): Promise<void>;
  /** Moves time on in steps, with time to work after each. */
  pass(ms: number, steps?: number): Promise<void>;
}

export async function scene(): Promise<Scene> {
  const clock = createFakeClock();
  const store = await createMemoryStore();
  const { documents } = store;
  const lines: string[] = [];
  const say = (message: string, facts?: object) =>
    void lines.push(`${message} ${JSON.stringify(facts)}`);
  const log: Log = { requests: false, debug() {}, info() {}, warn: say, error: say };
  return {
    ...{ clock, store, documents, lines },
    other: createOrchestrator({ store, clock }),
    async server(targets, own = documents) {
      const deliveries = createDeliveries({
        ...{ store, documents: own, targets, log, clock, random: () => 0.5 },
      });
      const baton = createOrchestrator({ store, clock, listeners: [deliveries.listener] });
      await deliveries.start();
      onTestFinished(() => deliveries.stop());
      return { baton, deliveries };
    },
    async complete(workflowId) {
      const loaded = await store.load(workflowId);
      if (loaded === undefined) throw new Error(`there is no workflow ${workflowId}`);
      const { snapshot } = loaded;
      const sequence = snapshot.sequence + 1;
      const revision = snapshot.revision + 1;
      const at = clock.now();
      const ended = { state: 'complete', role: undefined, completedAt: at, updatedAt: at };
      const data = { from: snapshot.state, to: 'complete' };
      const event = { workflowId, type: 'state_advanced', triggeredBy: 'release_manager', data };
      const results = await store.commit([
        {
          snapshot: { ...snapshot, ...ended, revision, sequence },
          ...{ follows: snapshot, changedOutputs: [], handoffs: [] },
          events: [{ ...event, sequence, at, revision, epoch: snapshot.epoch }],
        },
      ]);
      if (results[0]?.kind !== 'committed') throw new Error('it was not committed');
    },
    async pass(ms, steps = 1) {
      for (let step = 0; step < steps; step++) {
        clock.advance(ms / steps);
        await turns();
      }
    },
  };
}

/** Everything in memory goes on until it waits for time or for a receiver. */
export async function turns(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
}

export const build = (buildId: string, projectId = 'shop') => ({
  ...{ projectId, buildId, userId: 'ada', requirements: { request: 'dark mode' } },
});
