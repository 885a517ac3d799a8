import { nameFiles } from '@baton/adapters/review';
import { changedParts, type RepositoryPrint } from '@baton/adapters/workspace';
import type { RoleAdapter } from '@baton/core';

/**
 * Fails a role's work when git's settings, hooks or attributes in the user's repository changed
 * meanwhile. The reason names them. Other changes may be the user's own work, so they are only noted, as
 * `repository_changed`. Use it for roles that no sandbox keeps out of the repository.
 *
 * @param print takes the print of the repository.
 */
export function watchingRepository(
  adapter: RoleAdapter,
  print: () => Promise<RepositoryPrint>,
): RoleAdapter {
  return {
    ...adapter,
    async perform(assignment, context) {
      const before = await print();
      const outcome = await adapter.perform(assignment, context);
      const after = await print();
      const work = changedParts(before.work, after.work);
      if (work.length > 0) {
        const message = `while '${adapter.role}' worked, the repository itself was changed, by that role or by another program: ${nameFiles(work)}`;
        context.note({ code: 'repository_changed', message });
      }
      const programs = changedParts(before.programs, after.programs);
      if (programs.length === 0) return outcome;
      const reason = `while '${adapter.role}' worked, what git runs in the repository itself was changed: ${nameFiles(programs)}; look at it, put it right, then request a retry`;
      return { kind: 'fail', reason };
    },
  };
}
