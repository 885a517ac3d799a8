import { createOrchestrator, type Orchestrator, type WorkflowStore } from '@baton/core';
import { createFakeClock } from '@baton/core/testing';
import { runClient, type Seat } from './client.ts';
import type { History } from './history.ts';
import { MAX_RETRIES } from './model.ts';
import type { Random } from './random.ts';

/** Clocks stand still, so that what has to come of a claim does not depend on how fast all goes. */
export const STARTED_AT = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;

export const PROJECT = 'chaos';

/** Over each store an orchestrator with its own cache; the last one takes all claims to have expired. */
export function seatsOver(stores: readonly WorkflowStore[]): readonly Seat[] {
  return stores.map((store, i) => {
    const isAhead = i > 0 && i === stores.length - 1;
    const now = isAhead ? STARTED_AT + HOUR_MS : STARTED_AT;
    const baton = createOrchestrator({
      store,
      clock: { ...createFakeClock(), now: () => now },
      maxRetries: MAX_RETRIES,
      maxAttempts: 1000,
      timeoutMs: 86_400_000,
    });
    return { baton, now };
  });
}

/** Starts a workflow by the first clock, and insists until it is there. */
export async function startWorkflow(
  baton: Orchestrator,
  buildId: string,
  rest: () => Promise<void>,
): Promise<string> {
  const request = { projectId: PROJECT, buildId, userId: 'ada', requirements: {} };
  for (;;) {
    try {
      return (await baton.start({ ...request, requestId: buildId })).workflowId;
    } catch (reason) {
      if ((reason as { code?: string }).code !== 'unavailable') throw reason;
      await rest();
    }
  }
}

export interface FleetOptions {
  readonly clients: number;
  /** What the clients' names begin with; unique in a run. */
  readonly name: string;
  readonly random: Random;
  readonly seats: readonly Seat[];
  readonly workflows: readonly string[];
  readonly record: History['record'];
  readonly tick: () => number;
  readonly isOver: () => boolean;
  readonly rest: () => Promise<void>;
}

/** Runs clients beside each other until it is over. */
export async function runFleet({ clients, name, random, ...shared }: FleetOptions): Promise<void> {
  const names = Array.from({ length: clients }, (_, i) => `${name}${i}`);
  await Promise.all(
    names.map((client) => runClient({ ...shared, name: client, random: random.fork(client) })),
  );
}
