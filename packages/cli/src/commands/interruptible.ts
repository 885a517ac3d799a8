import type { CommandContext } from '../command-context.ts';

/** Does `work` with a signal that the first interrupt aborts. */
export async function interruptible<T>(
  context: Pick<CommandContext, 'onInterrupt'>,
  work: (interrupted: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const forget = context.onInterrupt(() => controller.abort());
  try {
    return await work(controller.signal);
  } finally {
    forget();
  }
}
