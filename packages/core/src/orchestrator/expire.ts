import { divertWhenTimedOut } from '../machine/to-error.ts';
import { BatonError } from '../model/errors.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import type { Kernel } from './kernel.ts';
import { load, mutate } from './mutate.ts';

/**
 * The snapshot, after its workflow was moved to `error` if its time is over: whoever looks at it
 * learns that it has failed, though nobody works on it any more.
 */
export async function expired(
  kernel: Kernel,
  snapshot: WorkflowSnapshot,
): Promise<WorkflowSnapshot> {
  const now = kernel.options.clock.now();
  const overdue = (one: WorkflowSnapshot) => {
    const definition = kernel.definitions.known(one);
    if (definition === undefined || one.role === undefined) return undefined;
    // Whoever works on it notices by itself, and says more about it.
    if (one.claim !== undefined && one.claim.expiresAt > now) return undefined;
    return divertWhenTimedOut(definition, one, now);
  };
  if (overdue(snapshot) === undefined) return snapshot;
  try {
    await mutate<object>(kernel, {
      operation: 'expire',
      byTime: true,
      workflowId: snapshot.id,
      requestId: undefined,
      body: {},
      decide: (_, current) => overdue(current) ?? { kind: 'unchanged', reply: {} },
    });
  } catch (reason) {
    if (BatonError.from(reason).code !== 'timed_out') throw reason;
  }
  return (await load(kernel, snapshot.id)).snapshot;
}
