import { BatonError } from '../model/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Orchestrator } from './operations.ts';
import { systemClock } from './system-clock.ts';

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
