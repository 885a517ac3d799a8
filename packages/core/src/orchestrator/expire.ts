import { setImmediate } from 'node:timers/promises';
import type { Decision } from '../machine/command.ts';
import { divertWhenTimedOut } from '../machine/to-error.ts';
import { isOverdue } from '../machine/waiting.ts';
import { BatonError } from '../model/errors.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import type { Clock } from '../ports/runtime.ts';
import { systemClock } from './clocks.ts';
import type { OrchestratorContext } from './context.ts';
import { mutate } from './mutate.ts';
import type { Orchestrator } from './operations.ts';

/*
 * A sweep moves a workflow whose time is over to `error`, in a commit of its own. Reads return what is
 * stored and change nothing. Every server and runner sweeps; one of them at a time.
 */

const LEASE = 'expire-overdue';
/** Long enough for one portion. A sweeper that dies blocks the others for this long. */
const LEASE_MS = 10_000;
const PORTION = 1000;
/** Moved at once: between two of these, requests have their turn. */
const AT_ONCE = 50;

/**
 * Moves workflows to `error` whose time is over and that no worker holds.
 *
 * @returns how many.
 * @throws BatonError the first that went wrong, after all were tried.
 */
export async function expireOverdue(context: OrchestratorContext): Promise<number> {
  const { store, definitions, options } = context;
  const now = options.clock.now();
  const found = await store.listOverdue({ now, limit: PORTION });
  // What this process has no definition of is for another to move.
  const known = found.filter((one) => definitions.known(one) !== undefined);
  if (known.length === 0) return 0;
  const lease = { name: LEASE, holder: context.id, forMs: LEASE_MS };
  if (!(await store.takeLease(lease))) return 0;
  const moved: PromiseSettledResult<boolean>[] = [];
  for (let first = 0; first < known.length; first += AT_ONCE) {
    const next = known.slice(first, first + AT_ONCE);
    moved.push(...(await Promise.allSettled(next.map(({ id }) => expire(context, id, now)))));
    await setImmediate();
  }
  const failed = moved.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw BatonError.from(failed.reason);
  return moved.filter((one) => one.status === 'fulfilled' && one.value).length;
}

/** Whether it was moved: it may have been worked on since it was found. */
async function expire(
  context: OrchestratorContext,
  workflowId: string,
  now: number,
): Promise<boolean> {
  try {
    await mutate<object>(context, {
      operation: 'expire',
      isTimeout: true,
      fresh: true,
      workflowId,
      requestId: undefined,
      body: {},
      decide(definition, current) {
        if (!isOverdue(current, now) || !isFree(current, now)) return UNCHANGED;
        const diverted = divertWhenTimedOut(definition, current, now);
        // The claim may have been renewed meanwhile, which only the store can tell.
        return diverted === undefined ? UNCHANGED : overClaim(diverted, now);
      },
    });
    return false;
  } catch (reason) {
    const error = BatonError.from(reason);
    if (error.code === 'timed_out') return true;
    if (error.code === 'not_found') return false;
    throw error;
  }
}

const UNCHANGED = { kind: 'unchanged', reply: {} } as const;

function overClaim(decision: Decision<never>, now: number): Decision<never> {
  if (decision.kind !== 'diverted') return decision;
  return { ...decision, change: { ...decision.change, claimExpiredBy: now } };
}

/** A worker with a live claim notices the timeout itself, and reports more about it. */
function isFree({ claim }: WorkflowSnapshot, now: number): boolean {
  return claim === undefined || claim.expiresAt <= now;
}

/** Options of {@link startExpirySweep}. */
export interface ExpirySweepOptions {
  /** Whose workflows to sweep. */
  readonly orchestrator: Pick<Orchestrator, 'expireOverdue'>;
  /** Milliseconds between two looks; from 1. Default 1000. */
  readonly everyMs?: number | undefined;
  /** Default: the system's clock. */
  readonly clock?: Clock | undefined;
  /** Called with an error, once while it stays the same; the sweep continues. Default: errors are dropped. */
  readonly onError?: ((error: BatonError) => void) | undefined;
}

/** A sweep that runs until it is stopped. */
export interface ExpirySweep {
  /** Resolves when nothing is on its way any more. */
  stop(): Promise<void>;
}

/**
 * Moves the workflows to `error` whose time is over, from now on until it is stopped. Servers and runners
 * have one; an application that has neither starts its own.
 *
 * @throws BatonError `invalid_input` for `everyMs` below 1.
 * @example
 * import { createMemoryStore, createOrchestrator, startExpirySweep } from '@baton/core';
 * const orchestrator = createOrchestrator({ store: await createMemoryStore() });
 * const sweep = startExpirySweep({ orchestrator });
 * await sweep.stop();
 */
export function startExpirySweep(options: ExpirySweepOptions): ExpirySweep {
  const { orchestrator, everyMs = 1000, clock = systemClock, onError } = options;
  if (!(everyMs >= 1)) {
    const description = `expected at least 1, found ${everyMs}`;
    throw new BatonError('invalid_input', `everyMs: ${description}`, {
      violations: [{ field: 'everyMs', description }],
    });
  }
  const stopping = new AbortController();

  async function sweep(): Promise<void> {
    let told: string | undefined;
    while (!stopping.signal.aborted) {
      try {
        await orchestrator.expireOverdue();
        told = undefined;
      } catch (reason) {
        const error = BatonError.from(reason);
        if (error.message !== told) onError?.(error);
        told = error.message;
      }
      await clock.sleep(everyMs, stopping.signal);
    }
  }

  const swept = sweep();
  return {
    async stop() {
      stopping.abort();
      await swept;
    },
  };
}
