import type { WorkflowEvent } from '../model/event.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';

/** Hears of commits of this process after they happened. A hint: the store is the truth. */
export interface WorkflowListener {
  onCommitted(snapshot: WorkflowSnapshot, events: readonly WorkflowEvent[]): void;
}
