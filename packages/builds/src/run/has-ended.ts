import type { WorkflowStatus } from '@baton/core';

/** Whether nothing happens to a build any more unless a person asks for it. */
export function hasEnded({ state, completedAt }: WorkflowStatus): boolean {
  return completedAt !== undefined || state === 'error';
}
