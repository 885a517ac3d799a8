import { BatonError } from '@baton/core';
import type { Config } from '../config/load-config.ts';
import { afterMs } from './after-ms.ts';
import { pruneWorkspace } from './prune-workspace.ts';

/** What a retention has done. */
export interface Retained {
  /** Builds of which something was removed. */
  readonly workflowIds: readonly string[];
  /** What went wrong; builds go on all the same. */
  readonly problems: readonly string[];
}

/** A build that begins does not wait longer for what others left. */
const MOST_MS = 2000;

/**
 * Removes what the configuration keeps no longer of complete builds. Never rejects, and takes no longer
 * than two seconds: what is left goes another time.
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
