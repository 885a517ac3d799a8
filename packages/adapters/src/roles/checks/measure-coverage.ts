import type { Workspace } from '@baton/core';
import type { Resolved } from '@baton/core/internal';
import { type ChangedCoverage, changedCoverage } from './changed-coverage.ts';
import { changedLinesOf } from './changed-lines.ts';
import { type CoverageReport, type CoverageSum, percentOf, sumOf } from './coverage-report.ts';
import type { CoverageRule } from './coverage-rule.ts';
import { heldToWorkspace, leftOut, type Uncovered } from './covered-files.ts';
import { createPlaceFile, type PlacedFile, type PlaceFile, placedFiles } from './placed-files.ts';
import type { Reading } from './read-report.ts';
import { reportPath } from './reports-folder.ts';

/** What the tests cover, not counting the tests themselves. */
export interface MeasuredCoverage {
  /** Coverage of all lines. */
  readonly all: CoverageSum;
  /** Coverage of the lines that the build changed, where the rule asks for it. */
  readonly changed: ChangedCoverage | undefined;
  /** Number of files that do not count. */
  readonly leftOut: number;
  readonly uncovered: readonly Uncovered[];
}

export interface MeasuringOptions {
  readonly workspace: Workspace | undefined;
  readonly rule: Resolved<CoverageRule>;
  /** Files that the test report names. */
  readonly testFiles: readonly string[];
}

/** Without a workspace, paths are used as they are. */
const NOWHERE: PlaceFile = {
  inside: (path) => (/^(\/|\.\.\/|[a-z]:)/i.test(path) ? undefined : path),
  exact: () => undefined,
  alike: () => undefined,
};

/** Measures the coverage that the rule asks for, or says why the report does not tell it. */
export async function measureCoverage(
  reading: Reading<CoverageReport>,
  { workspace, rule, testFiles }: MeasuringOptions,
): Promise<Reading<MeasuredCoverage>> {
  const held = await heldToWorkspace(reading, workspace);
  if (held.kind === 'none') return held;
  const place = workspace === undefined ? NOWHERE : await createPlaceFile(workspace);
  const files = placedFiles(held.report.files, place);
  const named = new Set(testFiles.map(reportPath).flatMap((path) => placeOf(path, place)));
  const without = await leftOut(files, named, rule.exclude);
  const counted = files.filter(({ path }) => !without.has(path));
  const { lines, linesHit } = files.length === 0 ? held.report : sumOf(counted);
  const all = { lines, linesHit, percent: percentOf(linesHit, lines) };
  if (lines === 0) {
    return none(`it covers nothing but ${without.size} files that do not count for coverage`);
  }
  const changed = await changedOf(workspace, rule, { counted, named });
  if (changed.kind === 'none') return changed;
  const report = {
    all,
    changed: changed.report,
    leftOut: without.size,
    uncovered: changed.report?.uncovered ?? counted.map(uncoveredOf),
  };
  return { kind: 'read', report };
}

function placeOf(path: string, { exact, alike, inside }: PlaceFile): readonly string[] {
  const found = exact(path) ?? alike(path) ?? inside(path);
  return found === undefined ? [] : [found];
}

async function changedOf(
  workspace: Workspace | undefined,
  { of, exclude }: Resolved<CoverageRule>,
  { counted, named }: { counted: readonly PlacedFile[]; named: ReadonlySet<string> },
): Promise<Reading<ChangedCoverage | undefined>> {
  if (of === 'all' || workspace === undefined) return { kind: 'read', report: undefined };
  const all = await changedLinesOf(workspace);
  const paths = [...all.keys()].map((path) => ({ path, isPlaced: true }));
  const without = await leftOut(paths, named, exclude);
  const changed = new Map([...all].filter(([path]) => !without.has(path)));
  try {
    return { kind: 'read', report: changedCoverage(changed, counted) };
  } catch (reason) {
    return none(reason instanceof Error ? reason.message : String(reason));
  }
}

function uncoveredOf({ path, lines, linesHit, hits }: PlacedFile): Uncovered {
  const missed = [...hits].filter(([, isHit]) => !isHit).map(([line]) => line);
  return { path, missed: lines - linesHit, lines: missed.sort((a, b) => a - b) };
}

function none(problem: string): Reading<never> {
  return { kind: 'none', problem };
}
