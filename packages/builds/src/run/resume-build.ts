import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { BatonError } from '@baton/core';
import { type Caller, callerOf } from '../caller.ts';
import { refuseOtherEnding } from '../config/definition-of.ts';
import { connect } from '../operations/connect.ts';
import { repositoryOf } from '../state/baton-folder.ts';
import type { BuildResult, ResumeOptions } from './build-options.ts';
import { performChosen } from './perform-chosen.ts';
import { cassettesOf, findRecord, type RunRecord, recordsOf } from './run-records.ts';

/**
 * Goes on with a build that was begun in this workspace, as {@link runBuild} would.
 *
 * @throws BatonError `not_found` when there is no such build or every build is complete, `not_owner` for a
 * token that is not the build's, and what {@link runBuild} throws.
 * @example
 * import { resumeBuild } from '@baton/builds';
 * const result = await resumeBuild({ workspace: '/srv/shop' });
 */
export async function resumeBuild(options: ResumeOptions): Promise<BuildResult> {
  const caller = callerOf(options);
  const workspace = repositoryOf(await real(resolve(caller.cwd, options.workspace ?? '.')));
  const found = await recordToResume(options.id, workspace, caller);
  const { server, workflowId } = found;
  return performChosen(
    { ...options, workspace, config: options.config ?? found.config },
    { server, ...cassettesOf(found), token: options.token },
    async ({ operations, config }) => {
      const status = await operations.status({ workflowId });
      refuseOtherEnding(config, status);
      return { status, begun: false, request: found };
    },
  );
}

/** @throws BatonError `not_found` naming what there is. */
async function recordToResume(
  id: string | undefined,
  workspace: string,
  caller: Caller,
): Promise<RunRecord> {
  if (id !== undefined) return findRecord(id, workspace, caller);
  const all = recordsOf(workspace, caller);
  for (const record of all) {
    if (!(await isComplete(record, workspace, caller))) return record;
  }
  const what = all.length === 0 ? 'no build was begun' : 'every build is complete';
  throw new BatonError('not_found', `${what} in ${workspace}: there is nothing to go on with`);
}

async function isComplete(
  { workflowId, server }: RunRecord,
  workspace: string,
  caller: Caller,
): Promise<boolean> {
  const where = server === undefined ? { workspace } : { server };
  const { operations, close } = await connect(where, caller);
  try {
    return (await operations.status({ workflowId })).completedAt !== undefined;
  } finally {
    await close();
  }
}

async function real(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}
