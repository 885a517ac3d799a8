import { BatonError } from '../model/errors.ts';
import type { AvailableWork } from '../model/views.ts';
import { type ExpirySweep, startExpirySweep } from '../orchestrator/expire.ts';
import { untilAborted } from '../waits.ts';
import {
  type ResolvedRunnerOptions,
  type RunnerOptions,
  resolveRunnerOptions,
} from './runner-options.ts';
import { acceptHandoff, work } from './work.ts';

/*
 * Finds work, performs it, reports the outcomes.
 * 1. At most `concurrency` pieces of work are under way, one a workflow.
 * 2. Hints make it look sooner; without any it looks each `pollMs`.
 * 3. An error in one piece of work is reported and never ends the runner. That work rests for a
 *    while, and takes no slot meanwhile.
 */

/** How long work that got into trouble rests, at least. */
const TROUBLE_REST_MS = 1000;
/** The most that a source can be asked for. */
const MOST_WORK = 1000;

/** Performs the work of its roles. */
export interface Runner {
  /** Works until `stop`. Call it once. */
  run(): Promise<void>;
  /**
   * Takes no more work, waits up to `drainMs` (default 30,000) for what is under way, then aborts it
   * and gives it back. `run` ends with it.
   */
  stop(drainMs?: number): Promise<void>;
}

/**
 * Claims assignments, performs them with role adapters and reports the outcomes, from `run` to `stop`.
 *
 * @throws BatonError `invalid_input` for a number that is out of range, or two adapters of one role.
 * @example
 * import { createMemoryStore, createOrchestrator, createRunner } from '@baton/core';
 * import { createScriptedRole } from '@baton/core/testing';
 * const source = createOrchestrator({ store: await createMemoryStore() });
 * const writer = createScriptedRole('code_writer', { kind: 'fail', reason: 'not today' });
 * const runner = createRunner({ source, roles: [writer] });
 */
export function createRunner(runnerOptions: RunnerOptions): Runner {
  const options = resolveRunnerOptions(runnerOptions);
  const { clock, pollMs, dispatcher, concurrency, onReport } = options;
  const roles = new Set(options.roles.map(({ role }) => role));
  const underWay = new Map<string, Promise<void>>();
  const resting = new Map<string, number>();
  const stopping = new AbortController();
  const aborting = new AbortController();
  let wake = new AbortController();
  let ended: Promise<void> = Promise.resolve();

  function begin(found: AvailableWork): void {
    const doing = found.kind === 'handoff' ? acceptHandoff : work;
    const { workflowId } = found;
    const job = doing(options, found, aborting.signal)
      .catch((reason) => {
        if (aborting.signal.aborted) return;
        resting.set(workflowId, clock.now() + Math.max(pollMs, TROUBLE_REST_MS));
        onReport({ kind: 'trouble', workflowId, error: BatonError.from(reason) });
      })
      .finally(() => {
        underWay.delete(workflowId);
        wake.abort();
      });
    underWay.set(workflowId, job);
  }

  async function look(): Promise<void> {
    const free = concurrency - underWay.size;
    if (free <= 0) return;
    for (const [id, until] of resting) if (until <= clock.now()) resting.delete(id);
    const limit = Math.min(concurrency + underWay.size + resting.size, MOST_WORK);
    const found = await untilAborted(() => findWork(options, [...roles], limit), stopping.signal);
    const fresh = found.filter(({ workflowId: id }) => !underWay.has(id) && !resting.has(id));
    for (const one of fresh.slice(0, free)) if (!stopping.signal.aborted) begin(one);
  }

  async function loop(): Promise<void> {
    const forget = dispatcher?.subscribe(({ role, workflowId }) => {
      const mine = options.workflowId === undefined || options.workflowId === workflowId;
      if (mine && roles.has(role)) wake.abort();
    });
    const sweep = sweepOf(options);
    while (!stopping.signal.aborted) {
      // Armed before the look: a hint that comes during it is not slept through.
      wake = new AbortController();
      try {
        await look();
      } catch (reason) {
        if (stopping.signal.aborted) break;
        onReport({ kind: 'trouble', workflowId: undefined, error: BatonError.from(reason) });
      }
      await clock.sleep(pollMs, AbortSignal.any([wake.signal, stopping.signal]));
    }
    forget?.();
    await sweep?.stop();
    await Promise.all(underWay.values());
  }

  return {
    run() {
      ended = loop();
      return ended;
    },
    async stop(drainMs = 30_000) {
      stopping.abort();
      const drained = new AbortController();
      const patience = clock.sleep(drainMs, drained.signal).then(() => aborting.abort());
      await Promise.race([ended, patience]);
      drained.abort();
      await ended;
    },
  };
}

/** Who takes part in the work of a store takes part in keeping its deadlines; behind a wire the server does. */
function sweepOf({ source, clock, onReport }: ResolvedRunnerOptions): ExpirySweep | undefined {
  const expireOverdue = source.expireOverdue?.bind(source);
  if (expireOverdue === undefined) return undefined;
  return startExpirySweep({
    orchestrator: { expireOverdue },
    clock,
    onError: (error) => onReport({ kind: 'trouble', workflowId: undefined, error }),
  });
}

async function findWork(
  { source, workflowId }: ResolvedRunnerOptions,
  roles: readonly string[],
  limit: number,
): Promise<readonly AvailableWork[]> {
  if (workflowId === undefined) return source.listClaimable({ roles: [...roles], limit });
  return source.listClaimable({ roles: [...roles], limit, workflowId });
}
