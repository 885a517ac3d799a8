import type { WorkflowSnapshot } from '../model/workflow.ts';
import type { Clock } from '../ports/runtime.ts';

/** A pause that ends later than that is found by a look into the store. */
const LONGEST_MS = 60_000;

/** Workflows whose next attempt has to wait for a while. */
export interface Pauses {
  /** Tells of the workflow at the end of its pause; not if it has none, or waits for a person. */
  await(snapshot: WorkflowSnapshot): void;
  clear(): void;
}

export function createPauses(clock: Clock, ended: (snapshot: WorkflowSnapshot) => void): Pauses {
  const cancels = new Map<string, () => void>();
  return {
    await(snapshot) {
      const { id, role, notBefore, awaiting } = snapshot;
      cancels.get(id)?.();
      cancels.delete(id);
      const ms = notBefore - clock.now();
      if (role === undefined || awaiting !== undefined || ms <= 0 || ms > LONGEST_MS) return;
      const cancel = clock.schedule(ms, () => {
        cancels.delete(id);
        ended(snapshot);
      });
      cancels.set(id, cancel);
    },
    clear() {
      for (const cancel of cancels.values()) cancel();
      cancels.clear();
    },
  };
}
