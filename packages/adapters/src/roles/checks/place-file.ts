import { realpath } from 'node:fs/promises';
import type { Workspace } from '@baton/core';
import { reportPath } from './report-path.ts';

/** Finds the files of a workspace that reports name. */
export interface PlaceFile {
  /** The path in the workspace for a relative or absolute path below it. */
  inside(path: string): string | undefined;
  /** The file with exactly this path. */
  exact(path: string): string | undefined;
  /**
   * The file that a path from another place refers to: a package of the repository, a source folder, a
   * container, a Go module. One path must end with the other, and no second file may match as well.
   */
  alike(path: string): string | undefined;
}

export async function createPlaceFile(
  workspace: Pick<Workspace, 'path' | 'files'>,
): Promise<PlaceFile> {
  const files = new Set(await workspace.files());
  const roots = [workspace.path, await realpath(workspace.path)].map(
    (path) => `${reportPath(path)}/`,
  );
  const byName = Map.groupBy(files, nameOf);

  function inside(path: string): string | undefined {
    const root = roots.find((one) => path.startsWith(one));
    if (root !== undefined) return path.slice(root.length);
    return files.has(path) ? path : undefined;
  }

  return {
    inside,
    exact(path) {
      const found = inside(path);
      return found !== undefined && files.has(found) ? found : undefined;
    },
    alike(path) {
      const namesakes = byName.get(nameOf(path)) ?? [];
      const ends = namesakes.filter((file) => path.endsWith(`/${file}`));
      // `/app/src/a.ts` ends with both `src/a.ts` and `a.ts`: the longer one is meant.
      if (ends.length > 0) return ends.reduce((a, b) => (b.length > a.length ? b : a));
      const below = namesakes.filter((file) => file.endsWith(`/${path}`));
      return below.length === 1 ? below[0] : undefined;
    },
  };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
