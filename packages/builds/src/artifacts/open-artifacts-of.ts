import { resolve } from 'node:path';
import type { ArtifactStore } from '@baton/core';
import type { Caller } from '../caller.ts';
import { findWorkflowConfig } from '../operations/workflow-config.ts';
import { recordsOf } from '../run/run-records.ts';
import { repositoryOf } from '../state/baton-folder.ts';
import { artifactsUrlOf, openArtifacts } from '../state/open-artifacts.ts';

/** As large as an artifact of any store. */
const MOST_ARTIFACT_BYTES = 256 * 1024 * 1024;

/**
 * The store of a workflow's artifacts: where it keeps them that was performed in a workspace, else where one would
 * keep them that is performed there.
 */
export async function openArtifactsOf(
  workflowId: string,
  workspace: string | undefined,
  caller: Pick<Caller, 'env' | 'cwd'>,
): Promise<ArtifactStore> {
  const repository = repositoryOf(resolve(caller.cwd, workspace ?? '.'));
  const record = recordsOf(repository, caller).find((one) => one.workflowId === workflowId);
  const config = record ? undefined : await findWorkflowConfig(workflowId, repository, caller);
  const url = config === undefined ? record?.artifacts : artifactsUrlOf(config.config);
  return openArtifacts(repository, caller, url, { maxArtifactBytes: MOST_ARTIFACT_BYTES });
}
