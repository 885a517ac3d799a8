import type { RoleAdapter } from '@baton/core';

/**
 * A role whose verdict is measured and to which an author adds words. For separations and budgets it
 * is the author: of those who take part, only a model is somebody.
 */
export function judgedRole(
  author: RoleAdapter | undefined,
  make: (options: { readonly author?: RoleAdapter }) => RoleAdapter,
): RoleAdapter {
  if (author === undefined) return make({});
  const { principal, reserve } = author;
  return {
    ...make({ author }),
    ...(principal !== undefined && { principal }),
    ...(reserve !== undefined && { reserve }),
  };
}
