import type { RoleContext } from '@baton/core';
import { nameFiles } from '../review/name-files.ts';
import { changedLinesOf } from './changed-lines.ts';

/**
 * Notes as `coverage_markers` the files in which the build added lines that exclude code from coverage: no
 * percentage shows what they hide. It is no objection, because tests cannot run some code.
 */
export async function noteCoverageMarkers({
  workspace,
  note,
}: Pick<RoleContext, 'workspace' | 'note'>): Promise<void> {
  if (workspace === undefined) return;
  const changed = await changedLinesOf(workspace);
  const files = [...changed].filter(([, { markers }]) => markers.length > 0).map(([path]) => path);
  if (files.length === 0) return;
  const message = `lines were added that take code out of the coverage: ${nameFiles(files)}`;
  note({ code: 'coverage_markers', message });
}
