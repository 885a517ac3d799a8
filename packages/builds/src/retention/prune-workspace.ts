import { type PrunedBuild, type PruneRules, pruneBuilds } from '@baton/adapters/workspace';
import type { Config } from '../config/load-config.ts';
import { buildPlaces } from '../state/build-places.ts';
import { createStandings } from './standings.ts';

export interface PruneWorkspaceOptions {
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
