import type { WorkflowEvent, WorkflowSnapshot } from '@baton/core';

/** The workflow that an event is of. */
type DeliveredWorkflow = Pick<
  WorkflowSnapshot,
  'id' | 'projectId' | 'buildId' | 'userId' | 'definition'
>;

/** One event on its way to one target. The same event is the same delivery, however often it is tried. */
export interface Delivery {
  /** Names the event to its receiver: the same at every try and at every target. */
  readonly id: string;
  readonly workflow: DeliveredWorkflow;
  readonly event: WorkflowEvent;
  /** The state of the workflow once the event had happened. */
  readonly state: string;
}

/**
 * How a try ended:
 * - `delivered`: the receiver has it;
 * - `failed`: it may have it or not, and is tried again, not before `retryAfterMs` have passed;
 * - `refused`: no try will ever do: it goes to the dead letters;
 * - `gone`: the receiver wants nothing any more.
 */
export type DeliveryResult =
  | { readonly kind: 'delivered' }
  | {
      readonly kind: 'failed';
      readonly reason: string;
      readonly retryAfterMs?: number | undefined;
    }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'gone'; readonly reason: string };

/** Where events go. */
export interface DeliveryTarget {
  /** 1 to 64 of a-z, 0-9 and `-`: what is remembered of it is kept under this name. */
  readonly name: string;
  /** Whether it is told of workflows of the project. */
  covers(projectId: string): boolean;
  /** Whether it is told of the event. `finalState`: where the workflow ended, if it has. */
  wants(event: WorkflowEvent, finalState: string | undefined): boolean;
  /** Tries once, within some seconds. Ends early with `signal`; never rejects. */
  deliver(delivery: Delivery, signal: AbortSignal): Promise<DeliveryResult>;
}
