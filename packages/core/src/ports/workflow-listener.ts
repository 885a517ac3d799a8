import type { WorkflowEvent } from '../model/event.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';

/** Called after each commit of this process. It is a hint: the store is the truth. */
export interface WorkflowListener {
  onCommitted(snapshot: WorkflowSnapshot, events: readonly WorkflowEvent[]): void;
}
