import { randomUUID } from 'node:crypto';
import { BatonError, type JsonObject, type WorkflowEvent, type WorkflowStatus } from '@baton/core';
import type { Operations } from '../operations/operations.ts';
import type { MovedClock } from './moved-clock.ts';
import { NotApplicable, NotMet } from './not-met.ts';
import type { Faults, Report } from './observed.ts';
import { PHASES, type Phase, type Step, scriptOf } from './script.ts';
import type { Waits } from './waits.ts';
import type { WorkerProcess } from './worker-process.ts';

/** Where a worker is tested: a server that it takes work from. */
export interface Field extends Waits {
  readonly baton: Operations;
  /** The first phase that the worker performs. */
  readonly first: Phase;
  /** For how long the worker claims, in milliseconds. */
  readonly leaseMs: number;
  /** The phases that the worker performs. */
  readonly phases: readonly Phase[];
  /** Starts a workflow, with a change to what the worker does in its first phase; returns its id. */
  begin(change?: Partial<Step>): Promise<string>;
  /** Waits until a worker holds the first phase and works on it; returns what it holds. */
  claimed(workflowId: string, epoch?: number): Promise<NonNullable<WorkflowStatus['claim']>>;
  /** Waits until the workflow is complete; what `expectMeanwhile` throws ends that. */
  complete(workflowId: string, expectMeanwhile?: () => void): Promise<void>;
  events(workflowId: string): Promise<readonly WorkflowEvent[]>;
  /** @throws NotApplicable when `ms` is more than there is time for. */
  expectTimeFor(ms: number): void;
}

/** A field of one's own: the server fails on purpose, and the worker is a process. */
export interface Bench extends Field {
  readonly worker: WorkerProcess;
  readonly clock: MovedClock;
  readonly faults: Faults;
  /** What the worker reported so far. */
  readonly reports: readonly Report[];
  /** Milliseconds that the worker has to end after SIGTERM. */
  readonly graceMs: number;
  /** Lets the worker end from now on. */
  expectEnd(): void;
  /** Cuts every connection to the server, and new ones as well until {@link Bench.letIn}. */
  cutOff(): void;
  letIn(): void;
}

export interface FieldOptions {
  readonly baton: Operations;
  readonly waits: Waits;
  readonly roles: readonly string[];
  readonly timeoutMs: number;
  /** Aborts when the field is left: what carries workflows on ends then. */
  readonly left: AbortSignal;
}

/** In the id of each project that tests begin, so that people know whose it is. */
const PROJECT = 'worker-conformance';
/** Long enough to be seen at work. */
const PROBE_SECONDS = 0.5;
/** Until the worker has what was claimed for it. */
const ON_THE_WAY_MS = 500;
/** The part of the time that waiting on purpose may take. */
const SHARE = 0.7;

/** @throws NotMet when the worker takes no work. */
export async function openField(options: FieldOptions): Promise<Field> {
  const { baton, waits, roles, timeoutMs, left } = options;
  const phases = (Object.keys(PHASES) as Phase[]).filter((one) => roles.includes(PHASES[one]));
  const [first] = phases;
  if (first === undefined) throw new BatonError('invalid_input', 'no role to test');

  const field: Omit<Field, 'leaseMs'> = {
    ...waits,
    ...{ baton, first, phases },
    async begin(change) {
      const conformance = scriptOf(first, change) as unknown as JsonObject;
      const { workflowId } = await baton.start({
        ...{ projectId: PROJECT, buildId: randomUUID(), userId: PROJECT },
        definition: { name: 'build' },
        requirements: { request: 'Test a worker', conformance },
      });
      // What goes wrong there shows where the workflow is waited for.
      if (phases.length < Object.keys(PHASES).length) void carry(workflowId).catch(() => undefined);
      return workflowId;
    },
    async claimed(workflowId, epoch = 1) {
      const claim = await waits.until(`take '${first}'`, async () => {
        const status = await baton.status({ workflowId });
        failed(status);
        return status.state === first && status.epoch === epoch ? status.claim : undefined;
      });
      await waits.pause(ON_THE_WAY_MS);
      return claim;
    },
    async complete(workflowId, expectMeanwhile) {
      await waits.until('bring its part of a workflow to an end', async () => {
        expectMeanwhile?.();
        const status = await baton.status({ workflowId });
        failed(status);
        return status.state === 'complete' || undefined;
      });
    },
    async events(workflowId) {
      const events: WorkflowEvent[] = [];
      for await (const event of baton.watch({ workflowId, follow: false })) events.push(event);
      return events;
    },
    expectTimeFor(ms) {
      if (ms <= timeoutMs * SHARE) return;
      const needed = Math.ceil(ms / SHARE / 1000);
      throw new NotApplicable(
        `with the worker's lease this takes more time than there is: claim for BATON_LEASE_SECONDS, or allow ${needed} s`,
      );
    },
  };

  /** Performs the phases that the worker does not, until the workflow has ended. */
  async function carry(workflowId: string): Promise<void> {
    while (!left.aborted) {
      const { state, role = '' } = await baton.status({ workflowId });
      if (state === 'complete' || state === 'error') return;
      if (!roles.includes(role)) {
        const result =
          state in PHASES ? scriptOf(first as Phase)[state as Phase].answer : undefined;
        // Another worker of the server may have it.
        await baton
          .advance({ workflowId, role, completedState: state, result })
          .catch(() => undefined);
      }
      await waits.pause(1);
    }
  }

  // It says for how long the worker claims.
  const probe = await field.begin({ workSeconds: PROBE_SECONDS });
  const { claimedAt, expiresAt } = await waits.until(`take '${first}'`, async () => {
    return (await baton.status({ workflowId: probe })).claim;
  });
  await field.complete(probe);
  return { ...field, leaseMs: expiresAt - claimedAt };
}

function failed({ state, failure }: WorkflowStatus): void {
  if (state !== 'error') return;
  throw new NotMet(`the workflow went to 'error' in '${failure?.state}': ${failure?.message}`);
}
