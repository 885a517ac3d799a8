import { join } from 'node:path';
import { type FilePrints, filePrint } from '@baton/adapters/checks';
import type { Workspace } from '@baton/core';

/**
 * Returns a workspace that does not report files as changed when only Baton's command changed them, at
 * the beginning of an attempt. Files that the role changed too are reported.
 *
 * @param prints of those files, taken right after the command.
 */
export function withoutFilesOf(workspace: Workspace, prints: FilePrints): Workspace {
  if (prints.size === 0) return workspace;
  return {
    ...workspace,
    async changedFiles(since) {
      const changed = await workspace.changedFiles(since);
      if (since === 'start') return changed;
      const left = await Promise.all(
        changed.map(async (path) => {
          const print = prints.get(path);
          return print === undefined || print !== (await filePrint(join(workspace.path, path)));
        }),
      );
      return changed.filter((_, index) => left[index]);
    },
  };
}
