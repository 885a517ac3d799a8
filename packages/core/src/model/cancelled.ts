import type { Failure } from './workflow.ts';

/** The code of a failure that is none: a person has cancelled the workflow, and `by` says who. */
export const CANCELLED = 'cancelled';

/**
 * The code of a failure whose attempt ended as `cancelled`, which a worker reports that gives its work back: that the
 * workflow is cancelled is for a person to say.
 */
export const ATTEMPT_CANCELLED = 'attempt_cancelled';

/**
 * Whether a person has cancelled the workflow. It waits in `error` then, and has not failed.
 *
 * @example
 * import { createMemoryStore, createOrchestrator, isCancelled } from '@baton/core';
 * const baton = createOrchestrator({ store: await createMemoryStore() });
 * const isStopped = async (workflowId: string) => isCancelled(await baton.status({ workflowId }));
 */
export function isCancelled({
  failure,
}: {
  readonly failure?: Pick<Failure, 'code' | 'by'> | undefined;
}): boolean {
  // A server of an older version, which has no cancellations, tells that code without `by`.
  return failure?.code === CANCELLED && failure.by !== undefined;
}

/** The code of a failure that no person has brought about, by what is said of it. */
export function codeOfFailure(code: string): string {
  return code === CANCELLED ? ATTEMPT_CANCELLED : code;
}

/**
 * A failure of any version of Baton, as this one has it. Older ones had no cancellation: they recorded `cancelled`,
 * and no one who did it, where an attempt that was given back was the last one.
 */
export function currentFailure(failure: Failure): Failure {
  const code = failure.by === undefined ? codeOfFailure(failure.code) : failure.code;
  return code === failure.code ? failure : { ...failure, code };
}
