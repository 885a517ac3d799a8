import { type PrunedBuild, type PruneRules, pruneBuilds } from '@baton/adapters/workspace';
import { BatonError } from '@baton/core';
import type { RetentionDays } from '../config/argv-schema.ts';
import type { Config } from '../config/load-config.ts';
import { buildPlaces } from '../state/baton-folder.ts';
import { createStandings } from './standings.ts';

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

interface PruneWorkspaceOptions {
  /** Root of the repository. */
  readonly workspace: string;
  readonly config: Pick<Config, 'workspace' | 'folder'> | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly rules: PruneRules;
  readonly dryRun?: boolean | undefined;
  readonly measure?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Removes what lies there of builds of a workspace by `rules`. The audit trail in their database stays.
 *
 * @throws BatonError `invalid_input` for an unusable repository; `unavailable` when git fails.
 */
export async function pruneWorkspace(
  options: PruneWorkspaceOptions,
): Promise<readonly PrunedBuild[]> {
  const { workspace, config, env, ...rest } = options;
  const standings = createStandings(workspace, env, options.signal);
  try {
    return await pruneBuilds({
      ...buildPlaces(workspace, config, env),
      ...rest,
      standingOf: (workflowId) => standings.of(workflowId),
    });
  } finally {
    await standings.close();
  }
}

const DAY_MS = 86_400_000;

/** A retention in milliseconds; undefined where it never ends. */
export function afterMs(days: RetentionDays): number | undefined {
  return days === 'off' ? undefined : days * DAY_MS;
}
