import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Workspace } from '@baton/core';
import { nameFiles } from '../review/name-files.ts';
import type { CoverageReport } from './coverage-report.ts';
import type { Reading } from './read-report.ts';

/** Others' files, by the hundred thousand. */
const NOBODYS: ReadonlySet<string> = new Set(['.git', 'node_modules']);

/**
 * Refuses a coverage report that speaks of another project: the workspace has no file by the name of
 * any that it covers. Folders are not compared, for tools name files from wherever they like: a
 * package of the repository, a source folder, a container, a Go module. A report that names no files
 * passes: a total alone, or classes, as JaCoCo has them. So does any without a workspace.
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

/** Unlike the name of a class: `com.example.App`, `App.Inner`. */
function isPath(name: string): boolean {
  return /\/|\.[a-z][a-z0-9]*$/.test(name);
}

/** Looks level by level, and no further than needed. */
async function hasOneOf(root: string, names: ReadonlySet<string>): Promise<boolean> {
  let folders = [root];
  while (folders.length > 0) {
    const below: string[] = [];
    for (const folder of folders) {
      // What is ignored may be a database's, which nobody else can read: no check covers that.
      for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
        if (!entry.isDirectory()) {
          if (names.has(entry.name)) return true;
        } else if (!NOBODYS.has(entry.name)) below.push(join(folder, entry.name));
      }
    }
    folders = below;
  }
  return false;
}
