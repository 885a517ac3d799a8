import { BatonError } from '../model/errors.ts';
import type { ClaimedAssignment, TakenWork } from '../model/views.ts';
import type { WorkSource } from '../orchestrator/operations.ts';
import { backoffMs, untilAborted } from '../waits.ts';
import { createAborting } from './aborting.ts';
import { work } from './attempt.ts';
import { createHeartbeats } from './heartbeats.ts';
import { type RunnerOptions, resolveRunnerOptions } from './runner-options.ts';
import type { RunnerState } from './runner-state.ts';

/*
 * Takes work, performs it, reports the outcomes.
 * 1. At most `concurrency` assignments are performed at once. A worker that hands over goes on with what comes
 *    next, if it can.
 * 2. An error in one piece of work is reported and never ends the runner. A source that is away is asked again.
 */

/** Longest wait before a source that is away is asked again, in milliseconds. */
const MOST_AWAY_MS = 10_000;

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
 * Takes assignments, performs them with role adapters and reports the outcomes, from `run` to `stop`.
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
  const { source, clock, concurrency, workflowId, offers, backoff, random, onReport } = options;
  const heartbeats = createHeartbeats(options);
  const stopping = new AbortController();
  const aborting = createAborting();
  const state: RunnerState = {
    options,
    heartbeats,
    stopping: stopping.signal,
    aborting,
  };
  const underWay = new Set<Promise<void>>();
  let ended: Promise<void> = Promise.resolve();

  function begin(taken: ClaimedAssignment): void {
    const job = work(state, taken)
      .catch((reason) => {
        if (!aborting.signal.aborted) trouble(taken.assignment.workflowId, reason);
      })
      .finally(() => underWay.delete(job));
    underWay.add(job);
  }

  function trouble(id: string | undefined, reason: unknown): void {
    onReport({ kind: 'trouble', workflowId: id, error: BatonError.from(reason) });
  }

  function receive(taken: TakenWork): void {
    if (taken.kind === 'assignment') begin(taken);
    else if (taken.kind === 'withdrawn') heartbeats.withdrawn(taken.claimToken);
    else trouble(taken.workflowId, taken.error);
  }

  async function take(): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted; ) {
      try {
        const holding = heartbeats.held();
        const request = { offers, capacity: concurrency, workflowId, holding };
        let isOpen = false;
        const opened = (): void => {
          if (isOpen) return;
          isOpen = true;
          failures = 0;
          onReport({ kind: 'listening' });
        };
        await receiveAll(source.takeWork(request, stopping.signal, opened), opened);
      } catch (reason) {
        if (stopping.signal.aborted) return;
        trouble(undefined, reason);
        failures++;
        const pause = Math.min(backoffMs(failures, backoff, random), MOST_AWAY_MS);
        await clock.sleep(pause, stopping.signal);
      }
    }
  }

  /** A source that does not listen to its signal is not waited for: what it still gives goes back. */
  async function receiveAll(
    given: AsyncIterable<TakenWork>,
    onReceived: () => void,
  ): Promise<void> {
    const iterator = given[Symbol.asyncIterator]();
    let late: Promise<IteratorResult<TakenWork>> | undefined;
    try {
      for (;;) {
        late = iterator.next();
        const asked = late;
        const { done, value } = await untilAborted(() => asked, stopping.signal);
        late = undefined;
        if (done === true) return;
        onReceived();
        receive(value);
      }
    } finally {
      late?.then(({ value }) => giveBack(source, value)).catch(() => undefined);
      void iterator.return?.().catch(() => undefined);
    }
  }

  async function loop(): Promise<void> {
    await take();
    while (underWay.size > 0) await Promise.all(underWay);
  }

  return {
    run() {
      ended = loop();
      return ended;
    },
    async stop(drainMs = 30_000) {
      stopping.abort();
      const cancel = clock.schedule(drainMs, () => aborting.abort());
      await ended;
      cancel();
    },
  };
}

/** What was given too late is for others to take at once, not after its lease. */
async function giveBack(source: WorkSource, taken: TakenWork | undefined): Promise<void> {
  if (taken?.kind !== 'assignment') return;
  const { claim, assignment } = taken;
  await source.failAttempt({
    workflowId: assignment.workflowId,
    claimToken: claim.token,
    code: 'cancelled',
    message: 'the runner was stopped',
    retryable: true,
  });
}
