import { mkdir, mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { removeTree } from '../../files/file-trees.ts';

/**
 * Lends `work` a fresh folder for the reports of one run, and removes it afterwards. Fresh, so that
 * no report of an earlier run can be mistaken for one of this; outside the workspace, so that
 * writing it changes nothing there.
 */
export async function withReportsFolder<T>(work: (reports: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'baton-reports-'));
  try {
    const reports = join(folder, 'reports');
    await mkdir(reports);
    return await work(reports);
  } finally {
    // What cannot be removed, such as files of another user, is no verdict on the run.
    await removeTree(folder);
  }
}

/**
 * What a sandbox has to show for `reports` to be written. Tools such as Vitest and nyc remove the folder for
 * their reports and make it anew: no more can be done with a folder that is itself what is shown.
 */
export function shownFor(reports: string): string {
  return dirname(reports);
}
