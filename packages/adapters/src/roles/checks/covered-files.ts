import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Workspace } from '@baton/core';
import { nameFiles } from '../review/name-files.ts';
import type { CoverageReport } from './coverage-report.ts';
import type { Reading } from './read-report.ts';

/** Folders of other projects' files, too large to search. */
const FOREIGN: ReadonlySet<string> = new Set(['.git', 'node_modules']);

/**
 * Refuses a coverage report of another project: none of the file names in it exists in the workspace. Folders
 * are not compared, because tools write paths relative to many places: a package of the repository, a source
 * folder, a container, a Go module. A report without file names passes (totals only, or classes, as in
 * JaCoCo), and so does work without a workspace.
 */
export async function heldToWorkspace(
  coverage: Reading<CoverageReport>,
  workspace: Workspace | undefined,
): Promise<Reading<CoverageReport>> {
  if (coverage.kind === 'none' || workspace === undefined) return coverage;
  const files = coverage.report.files.map(({ path }) => path).filter(Boolean);
  const names = new Set(files.map((path) => path.slice(path.lastIndexOf('/') + 1)));
  if (files.length === 0 || !files.every(isPath)) return coverage;
  if (await hasOneOf(workspace.path, names)) return coverage;
  const problem = `it covers other files than the workspace has: ${nameFiles(files)}`;
  return { kind: 'none', problem };
}

/** Whether a name is a path, not the name of a class such as `com.example.App` or `App.Inner`. */
function isPath(name: string): boolean {
  return /\/|\.[a-z][a-z0-9]*$/.test(name);
}

/** Searches breadth-first and stops at the first match. */
async function hasOneOf(root: string, names: ReadonlySet<string>): Promise<boolean> {
  let folders = [root];
  while (folders.length > 0) {
    const below: string[] = [];
    for (const folder of folders) {
      // An ignored folder may be unreadable, such as a database's: no check covers its files.
      for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
        if (!entry.isDirectory()) {
          if (names.has(entry.name)) return true;
        } else if (!FOREIGN.has(entry.name)) below.push(join(folder, entry.name));
      }
    }
    folders = below;
  }
  return false;
}
