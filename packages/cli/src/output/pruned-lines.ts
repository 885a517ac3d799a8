import type { PrunedBuild, PrunedPart } from '@baton/adapters/workspace';
import { bytes, plain } from '@baton/builds/internal';
import type { PrunedArtifacts } from '@baton/core';
import { table } from './table.ts';

/**
 * What became of builds that were pruned, for people.
 *
 * @param room characters that a line may have. Default: any number.
 */
export function prunedLines(
  builds: readonly PrunedBuild[],
  dryRun: boolean,
  room?: number,
): readonly string[] {
  if (builds.length === 0) return ['Nothing of a build lies there.'];
  const goes = dryRun ? 'WOULD GO' : 'REMOVED';
  const rows = builds.map(({ workflowId, standing, removed, left, kept }) => [
    workflowId,
    standing,
    kindsOf(removed),
    kindsOf(left),
    plain(kept ?? ''),
  ]);
  const problems = builds.flatMap((one) => one.problems.map((line) => `✖ ${plain(line)}`));
  const removed = builds.flatMap((one) => one.removed);
  const sum = told(removed);
  return [
    ...table(['WORKFLOW', 'STANDS', goes, 'STAYS', 'WHY'], rows, room),
    ...problems,
    '',
    ...(removed.length === 0
      ? ['Nothing goes.']
      : [
          `${dryRun ? `${sum} would go` : `${sum} removed`}; the audit trail in the database stays.`,
          ...(removed.some(({ kind }) => kind === 'checkpoints')
            ? ['Git frees what only checkpoints held when it next collects garbage: git gc']
            : []),
        ]),
  ];
}

/** What builds lost of their artifacts, for people. */
export function prunedArtifactLines(
  { workflowIds, bytes: freed }: Pick<PrunedArtifacts, 'workflowIds' | 'bytes'>,
  dryRun: boolean,
): readonly string[] {
  if (workflowIds.length === 0) return [];
  const goes = dryRun ? 'would go' : 'removed';
  return [`Artifacts of ${workflowIds.join(', ')} ${goes}: ${bytes(freed)}.`];
}

function kindsOf(parts: readonly PrunedPart[]): string {
  const kinds = [...new Set(parts.map(({ kind }) => kind))];
  return kinds.length === 0 ? '-' : `${kinds.join(', ')} (${told(parts)})`;
}

function told(parts: readonly PrunedPart[]): string {
  const whole = parts.every(({ size }) => size?.whole ?? false);
  const sum = parts.reduce((total, { size }) => total + (size?.bytes ?? 0), 0);
  return `${whole ? '' : 'more than '}${bytes(sum)}`;
}
