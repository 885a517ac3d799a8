import { BatonError } from '@baton/core';
import type { Config } from '../config/load-config.ts';
import { afterMs } from './after-ms.ts';
import { pruneWorkspace } from './prune-workspace.ts';

/** Result of applying a retention. */
export interface Retained {
  /** Builds from which something was removed. */
  readonly workflowIds: readonly string[];
  /** Errors. They do not stop a build. */
  readonly problems: readonly string[];
}

/** Longest delay that the retention adds to the start of a build. */
const MOST_MS = 2000;

/**
 * Removes the data of complete builds that the configuration no longer keeps. It never rejects. It stops
 * after two seconds, and the next call goes on.
 */
export async function applyRetention(
  workspace: string,
  config: Pick<Config, 'workspace' | 'folder'>,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Retained> {
  const { worktreesDays, checkpointsDays } = config.workspace.retention;
  const worktreesAfterMs = afterMs(worktreesDays);
  if (worktreesAfterMs === undefined) return { workflowIds: [], problems: [] };
  try {
    const pruned = await pruneWorkspace({
      workspace,
      config,
      env,
      rules: {
        now: Date.now(),
        worktreesAfterMs,
        checkpointsAfterMs: afterMs(checkpointsDays),
        handedOver: false,
        unknown: false,
        discard: false,
      },
      signal: AbortSignal.timeout(MOST_MS),
    });
    return {
      workflowIds: pruned.flatMap((one) => (one.removed.length > 0 ? [one.workflowId] : [])),
      problems: pruned.flatMap(({ problems }) => problems),
    };
  } catch (reason) {
    return { workflowIds: [], problems: [BatonError.from(reason).message] };
  }
}
