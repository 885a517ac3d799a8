import { duration, plain } from '@baton/builds/internal';
import type { ProjectStats } from '@baton/core';
import { table } from './table.ts';

/** Projects with their numbers, one a row. */
export function projectsTable(projects: readonly ProjectStats[], room: number): readonly string[] {
  return table(
    ['PROJECT', 'BUILDS', 'COMPLETE', 'IN PROGRESS', 'FAILED', 'SUCCESS', 'AVERAGE TIME'],
    projects.map((one) => [
      plain(one.projectId),
      ...[one.total, one.completed, one.inProgress, one.failed].map(String),
      one.successRate === undefined ? '-' : `${Math.round(one.successRate * 100)} %`,
      one.averageDurationMs === undefined ? '-' : duration(one.averageDurationMs),
    ]),
    room,
  );
}
