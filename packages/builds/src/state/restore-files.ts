import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SetAside } from '@baton/adapters/workspace';
import { findWorkflowConfig } from '../operations/workflow-config.ts';
import { createRunLock } from '../run/run-lock.ts';
import { createRunRecords } from '../run/run-records.ts';
import { openEmbedded } from './open-embedded.ts';
import { openWorkspaces } from './open-workspaces.ts';

interface RestoreOptions {
  readonly workspace: string;
  readonly workflowId: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Hears of a worktree that was in the way and could not be removed. */
  readonly onSetAside: (aside: SetAside) => void;
}

/**
 * Gives the worktree of a build the files that its state speaks of. Nothing depends on it, for
 * whoever performs the next assignment restores them anyway: it is for those who look at them now.
 * Files of a build that is being performed, or that has no worktree, are left alone.
 */
export async function restoreFiles(options: RestoreOptions): Promise<void> {
  const { workspace, workflowId, env, onSetAside } = options;
  const { store, folder, close } = await openEmbedded({ workspace, create: false, env });
  try {
    const found = await findWorkflowConfig(workflowId, workspace, { cwd: workspace, env });
    const workspaces = openWorkspaces(workspace, found?.config, env, onSetAside);
    if (!existsSync(join(workspaces.directory, workflowId))) return;
    const lock = createRunLock(createRunRecords(folder.runs).pathFor(workflowId, 'lock'));
    if (!lock.tryAcquire()) return;
    try {
      const loaded = await store.load(workflowId);
      if (loaded !== undefined) await workspaces.open(workflowId, loaded.snapshot.checkpoint);
    } finally {
      lock.release();
    }
  } finally {
    await close();
  }
}
