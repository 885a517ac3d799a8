import { setImmediate } from 'node:timers/promises';
import type { Decision } from '../machine/command.ts';
import { divertWhenTimedOut } from '../machine/to-error.ts';
import { isOverdue } from '../machine/waiting.ts';
import { BatonError } from '../model/errors.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import type { OrchestratorContext } from './context.ts';
import { mutate } from './mutate.ts';

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
