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
  /** Called for a worktree that was in the way and could not be removed. */
  readonly onSetAside: (aside: SetAside) => void;
}

/**
 * Restores the files of a build's checkpoint in its worktree, for a person who looks at them now. The
 * runner of the next assignment restores them anyway. A build that is being performed, or that has no
 * worktree, is left alone.
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
