import type { RoleContext } from '@baton/core';
import { nameFiles } from '../review/name-files.ts';
import { changedLinesOf } from './changed-lines.ts';

/**
 * Notes as `coverage_markers` in which files the build added lines that take code out of the coverage
 * report: what they hide counts neither way, and no percentage shows it. That is no objection, for some
 * code cannot be run by a test.
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
