import { z } from 'zod';
import { buildDefinition } from '../model/build/build-definition.ts';
import { handOverDefinition } from '../model/build/hand-over-definition.ts';
import type { WorkflowDefinition } from '../model/definition.ts';
import { present, type Resolved } from '../model/record-shape.ts';
import { maxRetries, timeoutMs } from '../model/requests.ts';
import { type Budgets, givenBudgets } from '../model/usage.ts';
import type { Clock, Dispatcher, IdGenerator, WorkflowListener } from '../ports/runtime.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { WorkflowStore } from '../ports/workflow-store.ts';
import { createStoreClock, MAX_TIMER_MS, systemClock } from './clocks.ts';
import { type ConcurrencyLimits, concurrencySchema } from './concurrency.ts';
import { randomIds } from './random-ids.ts';
import { validate } from './validate.ts';

/**
 * What {@link createOrchestrator} takes.
 *
 * @typeParam D the definitions that workflows run by.
 */
export interface OrchestratorOptions<
  D extends readonly WorkflowDefinition[] = readonly WorkflowDefinition[],
> {
  /** Keeps the workflows. The caller closes it. */
  readonly store: WorkflowStore;
  /** The first is the default of `start`. Default: `build` and `build-and-hand-over`. */
  readonly definitions?: D | undefined;
  /** Milliseconds until a workflow times out (`WORKFLOW_TIMEOUT`, in seconds). Default: an hour. */
  readonly timeoutMs?: number | undefined;
  /** Retry requests before a workflow goes to `error` (`WORKFLOW_MAX_RETRIES`). Default 3. */
  readonly maxRetries?: number | undefined;
  /** Times that one assignment may be claimed before its workflow goes to `error`. Default 5. */
  readonly maxAttempts?: number | undefined;
  /** Caps for workflows that are started without any. Default: none. */
  readonly budgets?: Budgets | undefined;
  /** How many assignments are performed at once, over all processes on the store. Default: no limit. */
  readonly concurrency?: ConcurrencyLimits | undefined;
  /** How often a watcher looks for commits of other processes, in milliseconds. Default 500. */
  readonly watchPollMs?: number | undefined;
  /**
   * How often to look for work that no hint told of, while workers wait for some, in milliseconds, from 1.
   * One look serves all workers. Default 1000.
   */
  readonly workPollMs?: number | undefined;
  /** Snapshots kept in memory. Default 10,000. */
  readonly cacheSize?: number | undefined;
  /** Called with the events of this process after each commit. Default: none. */
  readonly listeners?: readonly WorkflowListener[] | undefined;
  /** Carries hints between processes. Default: none; the work of other processes is then found by looking. */
  readonly dispatcher?: Dispatcher | undefined;
  /** Default: the store's clock where it has one of its own, else the machine's. */
  readonly clock?: Clock | undefined;
  /** Creates ids and claim tokens. Default: random ones of 128 bits. */
  readonly ids?: IdGenerator | undefined;
  /** Gets spans of operations, commits and dispatches. Default: nothing is traced. */
  readonly telemetry?: Telemetry | undefined;
  /** Called with errors of listeners and the dispatcher. Default: a process warning. */
  readonly onHintError?: ((error: unknown) => void) | undefined;
}

type WithoutDefault = 'dispatcher' | 'budgets' | 'telemetry';

export type ResolvedOptions = Resolved<Omit<OrchestratorOptions, WithoutDefault>> &
  Pick<OrchestratorOptions, WithoutDefault> & {
    /** What to wait for before the clock is right; absent when it is. */
    clockReady(): Promise<void> | undefined;
  };

/** Workflows are stored with these: what no request may say, no default may bring in. */
const numbers = z.object({
  timeoutMs,
  maxRetries,
  maxAttempts: z.int().min(1),
  watchPollMs: z.number().positive().max(MAX_TIMER_MS),
  workPollMs: z.number().min(1).max(MAX_TIMER_MS),
  cacheSize: z.int().min(0),
  concurrency: concurrencySchema,
  budgets: givenBudgets.optional(),
});

/**
 * The one place where defaults are decided.
 *
 * @throws BatonError `invalid_input` for numbers out of range.
 */
export function resolveOptions(options: OrchestratorOptions): ResolvedOptions {
  const { store } = options;
  const storeClock =
    options.clock === undefined && store.now !== undefined
      ? createStoreClock(() => (store.now as () => Promise<number>)())
      : undefined;
  const resolved = {
    definitions: [buildDefinition(), handOverDefinition()],
    timeoutMs: 3_600_000,
    maxRetries: 3,
    maxAttempts: 5,
    watchPollMs: 500,
    workPollMs: 1000,
    cacheSize: 10_000,
    concurrency: {},
    listeners: [],
    ids: randomIds,
    onHintError: (error: unknown) => process.emitWarning(`a workflow listener failed: ${error}`),
    ...present(options),
    clock: inWholeMilliseconds(options.clock ?? storeClock ?? systemClock),
    clockReady: storeClock?.ready ?? (() => undefined),
  };
  validate(numbers, resolved, 'the set of orchestrator options');
  return resolved;
}

/** Stores keep times as whole numbers. */
function inWholeMilliseconds(clock: Clock): Clock {
  return {
    now: () => Math.round(clock.now()),
    sleep: (ms, signal) => clock.sleep(ms, signal),
    schedule: (ms, run) => clock.schedule(ms, run),
  };
}
