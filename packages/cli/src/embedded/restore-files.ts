import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createGitWorkspaceProvider } from '@baton/adapters/workspace';
import { findWorkflowConfig } from '../operations/workflow-config.ts';
import { createRunLock } from '../run/run-lock.ts';
import { createRunRecords } from '../run/run-records.ts';
import { openEmbedded } from './open-embedded.ts';

export interface RestoreOptions {
  readonly workspace: string;
  readonly workflowId: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Gives the worktree of a build the files that its state speaks of. Nothing depends on it, for
 * whoever performs the next assignment restores them anyway: it is for those who look at them now.
 * Files of a build that is being performed, or that has no worktree, are left alone.
 */
export async function restoreFiles({ workspace, workflowId, env }: RestoreOptions): Promise<void> {
  const { store, folder, close } = await openEmbedded({ workspace, create: false, env });
  try {
    if (!existsSync(join(folder.root, 'worktrees', workflowId))) return;
    const lock = createRunLock(createRunRecords(folder.runs).pathFor(workflowId, 'lock'));
    if (!lock.tryAcquire()) return;
    try {
      const loaded = await store.load(workflowId);
      if (loaded === undefined) return;
      const found = await findWorkflowConfig(workflowId, workspace, { cwd: workspace });
      const ignored = found?.config.workspace.ignored ?? [];
      const provider = createGitWorkspaceProvider({ repository: workspace, ignored });
      await provider.open(workflowId, loaded.snapshot.checkpoint);
    } finally {
      lock.release();
    }
  } finally {
    await close();
  }
}
