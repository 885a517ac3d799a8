import { join } from 'node:path';
import { type FilePrints, filePrint } from '@baton/adapters/checks';
import type { Workspace } from '@baton/core';

/**
 * The same workspace, by which files that a command of Baton's changed at the beginning of an attempt
 * do not count as changed in it, unless the role changed them, too.
 *
 * @param prints of those files, right after the command.
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
