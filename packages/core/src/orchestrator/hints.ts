import type { WorkflowEvent } from '../model/event.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import type { Dispatcher } from '../ports/dispatcher.ts';
import type { WorkflowListener } from '../ports/workflow-listener.ts';

/** Tells everybody in this process that a commit has happened. */
export interface Hints {
  committed(snapshot: WorkflowSnapshot, events: readonly WorkflowEvent[]): void;
  /** Calls `wake` after each commit of the workflow until the returned function is called. */
  onCommit(workflowId: string, wake: () => void): () => void;
}

export interface HintTargets {
  readonly listeners: readonly WorkflowListener[];
  readonly dispatcher: Dispatcher | undefined;
  /** Hears what a listener or the dispatcher threw: hints must not fail what is committed. */
  onError(error: unknown): void;
}

export function createHints({ listeners, dispatcher, onError }: HintTargets): Hints {
  const waking = new Map<string, Set<() => void>>();
  const silent = listeners.length === 0 && dispatcher === undefined;

  function tell(snapshot: WorkflowSnapshot, events: readonly WorkflowEvent[]): void {
    try {
      for (const listener of listeners) listener.onCommitted(snapshot, events);
      if (snapshot.role !== undefined && snapshot.claim === undefined) {
        dispatcher?.announce({ workflowId: snapshot.id, role: snapshot.role });
      }
    } catch (error) {
      onError(error);
    }
  }

  return {
    committed(snapshot, events) {
      const woken = waking.get(snapshot.id);
      if (woken !== undefined) for (const wake of [...woken]) wake();
      if (!silent) tell(snapshot, events);
    },
    onCommit(workflowId, wake) {
      const known = waking.get(workflowId) ?? new Set();
      known.add(wake);
      waking.set(workflowId, known);
      return () => {
        known.delete(wake);
        if (known.size === 0 && waking.get(workflowId) === known) waking.delete(workflowId);
      };
    },
  };
}
