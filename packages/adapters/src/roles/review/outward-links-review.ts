import { readlink, realpath } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { BatonError, type Workspace } from '@baton/core';
import { hasCode, isMissing } from '../../files/files.ts';
import { nameFiles } from './name-files.ts';
import type { OutcomeReview } from './outcome-review.ts';

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
