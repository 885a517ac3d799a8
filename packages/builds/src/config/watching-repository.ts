import { nameFiles } from '@baton/adapters/review';
import { changedParts, type RepositoryPrint } from '@baton/adapters/workspace';
import type { RoleAdapter } from '@baton/core';

/**
 * The same role, while which nobody changes what git runs in the user's repository: where its settings,
 * hooks or attributes differ after it, the build stops with their names. What else differs may be the
 * user's own work meanwhile, and is noted as `repository_changed`. For roles that no wall keeps out.
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
