import { resolve } from 'node:path';
import type { WorkflowEvent } from '@baton/core';
import { type CallerOptions, callerOf } from '../caller.ts';
import { connect } from '../operations/connect.ts';
import { repositoryOf } from '../state/baton-folder.ts';
import { findRecord } from './run-records.ts';

/** What {@link watchBuild} takes. */
export interface WatchBuildOptions extends CallerOptions {
  /** Of the workflow or of the build. */
  readonly id: string;
  /** Root of the git repository that it was begun on; relative to `cwd`. Default: `cwd`. */
  readonly workspace?: string | undefined;
  /** Events up to this number are left out. Default: 0, none is. */
  readonly afterSequence?: number | undefined;
  /** Ends the watching; the iteration then throws `cancelled`. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The audit trail of a build that was begun in this workspace: what there is, then each event as it comes,
 * also from another process, until the build is complete.
 *
 * @throws BatonError `not_found` for a build that was not begun here, `data_loss` for a trail with a gap.
 * @example
 * import { watchBuild } from '@baton/builds';
 * for await (const { type } of watchBuild({ id: 'wf_1', workspace: '/srv/shop' })) console.log(type);
 */
export async function* watchBuild(options: WatchBuildOptions): AsyncGenerator<WorkflowEvent> {
  const caller = callerOf(options);
  const workspace = repositoryOf(resolve(caller.cwd, options.workspace ?? '.'));
  const { workflowId, server } = findRecord(options.id, workspace, caller);
  const where = server === undefined ? { workspace } : { server };
  const { operations, close } = await connect(where, caller);
  try {
    const request = { workflowId, afterSequence: options.afterSequence ?? 0 };
    yield* operations.watch(request, options.signal);
  } finally {
    await close();
  }
}
