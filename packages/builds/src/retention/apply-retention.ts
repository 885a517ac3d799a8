import { type PrunedBuild, type PruneRules, pruneBuilds } from '@baton/adapters/workspace';
import { BatonError, type PrunedArtifacts } from '@baton/core';
import { untilAborted } from '@baton/core/waits';
import type { Caller } from '../caller.ts';
import type { Config } from '../config/load-config.ts';
import { buildPlaces } from '../state/baton-folder.ts';
import { afterMs } from './after-ms.ts';
import { placesOfArtifacts, pruneArtifacts } from './prune-artifacts.ts';
import { createStandings } from './standings.ts';

/** Result of applying a retention. */
export interface Retained {
  /** Builds from which something was removed. */
  readonly workflowIds: readonly string[];
  /** Errors. They do not stop a build. */
  readonly problems: readonly string[];
}

/** Longest delay that the retention adds to the start of a build. */
const MOST_MS = 10_000;

/**
 * Removes the data of complete builds that the configuration no longer keeps. It never rejects. It stops
 * after ten seconds, and the next call goes on.
 */
export async function applyRetention(
  workspace: string,
  config: Pick<Config, 'workspace' | 'folder' | 'artifacts'>,
  caller: Pick<Caller, 'env' | 'cwd'>,
): Promise<Retained> {
  const { worktreesDays, checkpointsDays } = config.workspace.retention;
  const worktreesAfterMs = afterMs(worktreesDays);
  const rules = worktreesAfterMs !== undefined && {
    now: Date.now(),
    worktreesAfterMs,
    checkpointsAfterMs: afterMs(checkpointsDays),
    handedOver: false,
    unknown: false,
    discard: false,
  };
  const signal = AbortSignal.timeout(MOST_MS);
  try {
    const pruning = pruneWorkspace({
      workspace,
      config,
      caller,
      rules: rules || undefined,
      signal,
    });
    const { builds, artifacts } = await untilAborted(() => pruning, signal);
    const lost = builds.flatMap((one) => (one.removed.length > 0 ? [one.workflowId] : []));
    return {
      workflowIds: [...new Set([...lost, ...artifacts.workflowIds])],
      problems: builds.flatMap(({ problems }) => problems),
    };
  } catch (reason) {
    if (signal.aborted) return { workflowIds: [], problems: [] };
    return { workflowIds: [], problems: [BatonError.from(reason).message] };
  }
}

interface PruneWorkspaceOptions {
  /** Root of the repository. */
  readonly workspace: string;
  readonly config: Pick<Config, 'workspace' | 'folder' | 'artifacts'> | undefined;
  readonly caller: Pick<Caller, 'env' | 'cwd'>;
  /** Undefined: nothing goes but artifacts. */
  readonly rules: PruneRules | undefined;
  readonly dryRun?: boolean | undefined;
  readonly measure?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface PrunedWorkspace {
  readonly builds: readonly PrunedBuild[];
  /** What builds lost, or would lose, of their artifacts alone. */
  readonly artifacts: Pick<PrunedArtifacts, 'workflowIds' | 'bytes'>;
}

/**
 * Removes what lies there of builds of a workspace by `rules`, and artifacts by the configuration. The audit trail
 * in their database stays.
 *
 * @throws BatonError `invalid_input` for an unusable repository; `unavailable` when git or the store of artifacts
 * fails.
 */
export async function pruneWorkspace(options: PruneWorkspaceOptions): Promise<PrunedWorkspace> {
  const { workspace, config, caller, rules, signal, dryRun = false, measure } = options;
  const { env } = caller;
  const standings = createStandings(workspace, env, signal);
  const places = placesOfArtifacts(workspace, caller);
  try {
    const builds =
      rules === undefined
        ? []
        : await pruneBuilds({
            ...buildPlaces(workspace, config, env),
            ...{ rules, dryRun, measure, signal },
            standingOf: (workflowId) => standings.of(workflowId),
          });
    const gone = builds.filter(({ removed }) => removed.some(({ kind }) => kind === 'records'));
    const named = [...places].filter(([id]) => rules?.only?.includes(id) ?? true);
    const artifacts = await pruneArtifacts(
      {
        ...{ workspace, standings, dryRun, places: new Map(named) },
        retention: config?.artifacts.retention,
        gone: gone.map(({ workflowId }) => workflowId),
        now: Date.now(),
      },
      caller,
    );
    return { builds, artifacts };
  } finally {
    await standings.close();
  }
}
