import type { ArtifactStore } from '@baton/core';
import type { Caller } from './caller.ts';
import type { Projects } from './projects.ts';
import { lacksPermission } from './refusals.ts';

export type GuardedArtifacts = Pick<ArtifactStore, 'list' | 'read'>;

/** The artifacts of the caller's projects. */
export function guardArtifacts(
  artifacts: GuardedArtifacts,
  caller: Caller,
  projects: Projects,
): GuardedArtifacts {
  async function expectReadable(workflowId: string): Promise<void> {
    if (!caller.grant.permissions.includes('read')) throw lacksPermission(caller, 'read');
    await projects.expectWorkflow(caller, workflowId);
  }

  return {
    async list(query) {
      await expectReadable(query.workflowId);
      return artifacts.list(query);
    },
    async *read(ref, range) {
      await expectReadable(ref.workflowId);
      yield* artifacts.read(ref, range);
    },
  };
}
