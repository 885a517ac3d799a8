import { readlink, realpath } from 'node:fs/promises';
import { join, posix, relative } from 'node:path';
import { BatonError, type Workspace } from '@baton/core';
import { hasCode, isMissing } from '../../files/files.ts';
import { matchFolded } from '../../git/match-paths.ts';
import { nameFiles, type OutcomeReview } from './outcome-review.ts';

/**
 * Compares `changedFiles` of an output with the workspace. The output must claim every file that changed in
 * this phase. Every claimed file must differ from the start of the build (an earlier attempt may have changed
 * it) or from the start of the phase (it may have been put back). Outputs without `changedFiles`, and work
 * without a workspace, pass.
 */
export const claimedFilesReview: OutcomeReview = async ({ result }, _assignment, context) => {
  const claimed = result['changedFiles'];
  if (context.workspace === undefined || !Array.isArray(claimed)) return [];
  const names = new Set(claimed.map((path) => posix.normalize(String(path))));
  const changed = new Set(await context.workspace.changedFiles('start'));
  const now = await context.workspace.changedFiles('entry');
  const touched = new Set([...changed, ...now]);
  const untouched = [...names].filter((path) => !touched.has(path));
  const unclaimed = now.filter((path) => !names.has(path));
  return [
    ...naming('changedFiles claims files that are not changed', untouched),
    ...naming('changedFiles leaves out files that were changed', unclaimed),
  ];
};

function naming(problem: string, paths: readonly string[]): string[] {
  return paths.length === 0 ? [] : [`${problem}: ${nameFiles(paths)}`];
}

/**
 * Refuses an output while links that the build added or changed lead out of the workspace or to ignored
 * files: no digest covers what they lead to, and it can change after it was judged. Broken links inside the
 * workspace, and work without a workspace, pass.
 */
export const outwardLinksReview: OutcomeReview = async (_outcome, _assignment, { workspace }) => {
  if (workspace === undefined) return [];
  const links = new Map<string, string>();
  for (const path of await workspace.changedFiles('start')) {
    const target = await targetOf(join(workspace.path, path));
    if (target !== undefined) links.set(path, target);
  }
  if (links.size === 0) return [];
  const files = await workspace.files();
  const outward: string[] = [];
  for (const [path, target] of links) {
    if (!(await staysAmong(files, workspace, path))) outward.push(`${path} -> ${target}`);
  }
  if (outward.length === 0) return [];
  const remedy = 'put files in their place, or link to files of the build that are not ignored';
  return [`links lead to files that no digest covers: ${nameFiles(outward)}; ${remedy}`];
};

/** Reads the target of a link; undefined for anything else. */
async function targetOf(path: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch (reason) {
    if (isMissing(reason) || hasCode(reason, 'EINVAL')) return undefined;
    throw reason;
  }
}

/** Whether a link ends at one of `files`, at a folder that contains one, or nowhere. */
async function staysAmong(
  files: readonly string[],
  workspace: Workspace,
  path: string,
): Promise<boolean> {
  try {
    const absolute = await workspace.resolve(path);
    const end = relative(await realpath(workspace.path), await realpath(absolute));
    return files.some((file) => end === '' || file === end || file.startsWith(`${end}/`));
  } catch (reason) {
    if (isMissing(reason)) return true;
    if (BatonError.is(reason) && reason.code === 'invalid_input') return false;
    throw reason;
  }
}

/**
 * Refuses an output while protected files differ from the start of the build. `patterns` use the syntax of
 * `.gitignore`. Added, changed, deleted and renamed files count, whatever the output claims and whichever
 * attempt changed them; so do names that a file system may treat as equal to a protected one. Work without a
 * workspace passes.
 */
export function protectedFilesReview(patterns: readonly string[]): OutcomeReview {
  return async (_outcome, _assignment, { workspace }) => {
    const violation = await changedProtectedFiles(patterns, workspace);
    return violation === undefined ? [] : [violation];
  };
}

/**
 * Names the protected files that differ from the start of the build, in a sentence; undefined when none does.
 */
export async function changedProtectedFiles(
  patterns: readonly string[],
  workspace: Workspace | undefined,
): Promise<string | undefined> {
  if (workspace === undefined || patterns.length === 0) return undefined;
  const touched = await matchFolded(patterns, await workspace.changedFiles('start'));
  if (touched.length === 0) return undefined;
  const allowed = `no role may change ${patterns.join(', ')}: put them back as they were`;
  return `protected files are changed: ${nameFiles(touched)}; ${allowed}`;
}

/**
 * Refuses an output while files differ from the start of the phase. It is for roles that plan: their outputs
 * claim no files, so nothing would account for the changes. Work without a workspace passes.
 */
export const unchangedFilesReview: OutcomeReview = async (_outcome, { state }, { workspace }) => {
  const changed = (await workspace?.changedFiles('entry')) ?? [];
  if (changed.length === 0) return [];
  const rest = 'put them back as they were; have what tools leave behind ignored';
  return [`files were changed in '${state}', which claims none: ${nameFiles(changed)}; ${rest}`];
};
