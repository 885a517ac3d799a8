import { pruneEnded } from '@baton/adapters/artifacts';
import type { PrunedArtifacts } from '@baton/core';
import type { Caller } from '../caller.ts';
import type { ArtifactsConfig } from '../config/artifacts-schema.ts';
import { recordsOf } from '../run/run-records.ts';
import { artifactsPlace, openArtifacts } from '../state/open-artifacts.ts';
import { afterMs } from './after-ms.ts';
import type { Standings } from './standings.ts';

/** By workflow: the URL of its artifacts, undefined for Baton's own folder. */
export type ArtifactPlaces = ReadonlyMap<string, string | undefined>;

export interface PruningArtifacts {
  /** Root of the repository. */
  readonly workspace: string;
  readonly places: ArtifactPlaces;
  readonly retention: ArtifactsConfig['retention'] | undefined;
  readonly standings: Pick<Standings, 'of'>;
  /** Builds whose records go: their artifacts go as well. */
  readonly gone: readonly string[];
  readonly now: number;
  readonly dryRun: boolean;
}

/**
 * Removes what builds of a repository lose of their artifacts, wherever those lie. Others may keep theirs in the
 * same store: nothing of those goes.
 */
export async function pruneArtifacts(
  { workspace, places, retention, standings, gone, now, dryRun }: PruningArtifacts,
  caller: Pick<Caller, 'env' | 'cwd'>,
): Promise<Pick<PrunedArtifacts, 'workflowIds' | 'bytes'>> {
  const { days = 'off', maxBytes = 'off' } = retention ?? {};
  const keepsAll = days === 'off' && maxBytes === 'off';
  const rules = {
    ...{ now, afterMs: afterMs(days), dryRun },
    maxBytes: maxBytes === 'off' ? undefined : maxBytes,
  };
  const isComplete = async (workflowId: string) =>
    (await standings.of(workflowId)).kind === 'complete';
  const pruned: PrunedArtifacts[] = [];
  for (const url of new Set(places.values())) {
    const here = [...places.keys()].filter((workflowId) => places.get(workflowId) === url);
    // In Baton's own folder they lie with the records.
    const orphaned = url === undefined ? [] : here.filter((one) => gone.includes(one));
    if (keepsAll && orphaned.length === 0) continue;
    const artifacts = await openArtifacts(workspace, caller, url);
    try {
      if (orphaned.length > 0) {
        pruned.push(await artifacts.prune({ now, maxWorkflows: 0, only: orphaned, dryRun }));
      }
      const only = here.filter((one) => !gone.includes(one));
      if (!keepsAll) pruned.push(await pruneEnded(artifacts, { ...rules, only }, isComplete));
    } finally {
      await artifacts.close();
    }
  }
  return {
    workflowIds: pruned.flatMap(({ workflowIds }) => workflowIds).sort(),
    bytes: pruned.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** Where the artifacts of a repository's builds lie. To be asked before their records go. */
export function placesOfArtifacts(
  workspace: string,
  caller: Pick<Caller, 'env' | 'cwd'>,
): ArtifactPlaces {
  return new Map(
    recordsOf(workspace, caller).map(({ workflowId, artifacts }) => [
      workflowId,
      artifactsPlace(caller, artifacts),
    ]),
  );
}
