import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Caller } from '../caller.ts';
import { type Config, configIn, loadConfig } from '../config/load-config.ts';
import { createRunRecords } from '../run/run-records.ts';
import { batonFolder, repositoryOf } from '../state/baton-folder.ts';

export interface WorkflowConfig {
  readonly config: Config;
  /** Whether the workflow runs by it; if not, it is only the one that lies in the workspace. */
  readonly own: boolean;
}

/**
 * The configuration that a workflow was begun with by a run in this workspace, else the one that
 * lies in the workspace; undefined where there is neither.
 *
 * @param workflowId absent: of a workflow that is not begun yet.
 * @throws BatonError `not_found` or `invalid_input` when it cannot be read: without it, what it asks
 * for would be left out without a word.
 */
export async function findWorkflowConfig(
  workflowId: string | undefined,
  workspace: string | undefined,
  { cwd, env }: Pick<Caller, 'cwd' | 'env'>,
): Promise<WorkflowConfig | undefined> {
  const folder = repositoryOf(resolve(cwd, workspace ?? '.'));
  const { runs } = batonFolder(folder, env);
  const records = existsSync(runs) ? createRunRecords(runs).all() : [];
  const record = records.find((one) => one.workflowId === workflowId);
  const path = record?.config ?? configIn(folder);
  if (path === undefined) return undefined;
  const config = await loadConfig(path, { workspace: folder, cwd });
  return { config, own: record !== undefined };
}
