import type { JsonObject, Orchestrator } from '@baton/core';
/** The way of a build from start to complete: who completes each state with what. */
export declare const PATH: readonly {
  readonly completedState: string;
  readonly role: string;
  readonly result: JsonObject | undefined;
}[];
/** Starts `count` workflows that wait in discovery. */
export declare function startWorkflows(
  baton: Pick<Orchestrator, 'start'>,
  count: number,
): Promise<string[]>;
