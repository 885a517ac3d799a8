import type { TakeMode, Taken } from '@baton/adapters/workspace';
import { BatonError } from '@baton/core';
import type { Caller } from '../caller.ts';
import { loadConfig } from '../config/load-config.ts';
import { type Connection, connect } from '../operations/connect.ts';
import type { Operations } from '../operations/operations.ts';
import { openWorkspaces } from '../state/open-workspaces.ts';
import { summarize } from './build-summary.ts';
import { handOverRequest } from './hand-over-request.ts';
import { findRecord, type RunRecord, recordsOf } from './run-records.ts';

interface TakeOptions {
  /** Root of the repository. */
  readonly workspace: string;
  /** Of the workflow or the build; absent: the newest that is complete. */
  readonly id: string | undefined;
  readonly mode: TakeMode;
}

interface TakenBuild {
  readonly buildId: string;
  readonly workflowId: string;
  readonly taken: Taken;
}

/**
 * Puts the work of a complete build where the user wants it.
 *
 * @throws BatonError `not_found` when there is no such build, `wrong_state` when it is not complete, and
 * what the workspace's `take` throws.
 */
export async function takeBuild(
  { workspace, id, mode }: TakeOptions,
  caller: Caller,
): Promise<TakenBuild> {
  const records =
    id === undefined ? recordsOf(workspace, caller) : [findRecord(id, workspace, caller)];
  for (const record of records) {
    const taken = await withOperations(record, workspace, caller, async (operations, verify) => {
      const { workflowId, buildId, request } = record;
      const summary = await summarize(operations, workflowId);
      if (!summary.complete && id === undefined) return undefined;
      await verify(workflowId);
      const config = await loadConfig(record.config, { workspace, cwd: caller.cwd });
      const workspaces = openWorkspaces(workspace, config, caller.env);
      const asked = handOverRequest(summary, request, config.handOver);
      return { buildId, workflowId, taken: await workspaces.take(asked, mode) };
    });
    if (taken !== undefined) return taken;
  }
  throw new BatonError(
    'not_found',
    `no build of ${workspace} is complete: there is nothing to take`,
  );
}

async function withOperations<T>(
  { server }: RunRecord,
  workspace: string,
  caller: Caller,
  work: (operations: Operations, verify: Connection['verify']) => Promise<T>,
): Promise<T> {
  const { operations, verify, close } = await connect(
    server === undefined ? { workspace } : { server },
    caller,
  );
  try {
    return await work(operations, verify);
  } finally {
    await close();
  }
}
