import { BatonError } from '@baton/core';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import type { RunObserver } from './run-observer.ts';

/** The first interrupt lets `work` end in order, the second doesn't. */
export async function interruptible<T>(
  context: CommandContext,
  observer: RunObserver,
  work: (interrupted: AbortSignal) => Promise<T>,
): Promise<T | 'interrupted'> {
  const controller = new AbortController();
  const forget = context.onInterrupt(() => {
    if (controller.signal.aborted) context.leave(EXIT.interrupted);
    observer.interrupted();
    controller.abort();
  });
  try {
    return await work(controller.signal);
  } catch (reason) {
    const { code } = BatonError.from(reason);
    if (code === 'cancelled' && controller.signal.aborted) return 'interrupted';
    throw reason;
  } finally {
    forget();
  }
}
