import type { Workspace } from '../../ports/workspace.ts';

/** A workspace without files, whose digest is given. */
export function emptyWorkspace(digest = 'tree'): Workspace {
  const files = {
    digest: async () => digest,
    files: async () => [],
    changedFiles: async () => [],
  };
  return {
    ...files,
    path: '/nowhere',
    snapshot: async () => files,
    checkpoint: async () => ({ commit: 'commit', digest }),
    resolve: async (relative) => relative,
    fileAt: async () => undefined,
  };
}
