import { type BuildFiles, examineRepository, listBuildFiles } from '@baton/adapters/workspace';
import type { Config } from '../config/load-config.ts';
import { buildPlaces } from '../state/baton-folder.ts';
import { bytes } from '../text/bytes.ts';
import type { Finding } from './finding.ts';

const MOST_MS = 2000;
const MANY_BUILDS = 20;
const MANY_BYTES = 1_000_000_000;

/**
 * What lies there of builds, and what of the repository they treat in a way of its own.
 *
 * @param prune the command that shows what can be removed.
 */
export async function checkBuilds(
  workspace: string,
  config: Pick<Config, 'workspace' | 'folder'> | undefined,
  env: Readonly<Record<string, string | undefined>>,
  prune: string,
): Promise<readonly Finding[]> {
  const places = buildPlaces(workspace, config, env);
  try {
    return [...(await checkSizes(places, prune)), ...(await examineRepository(places))];
  } catch {
    // Where the repository cannot be used, the finding about the workspace says why.
    return [];
  }
}

async function checkSizes(
  places: Parameters<typeof listBuildFiles>[0],
  prune: string,
): Promise<readonly Finding[]> {
  const listed = await listBuildFiles(places, AbortSignal.timeout(MOST_MS));
  const { builds, size, worktrees, state } = listed;
  const many = builds.length === 1 ? '1 build' : `${builds.length} builds`;
  const amount = `${size.whole ? '' : 'more than '}${bytes(size.bytes)}`;
  const found = `${many}, ${amount}: files in ${worktrees}, records in ${state}`;
  const name = 'builds';
  const advice = `see what can go: ${prune}`;
  const isMuch = builds.length >= MANY_BUILDS || size.bytes >= MANY_BYTES;
  return [
    isMuch ? { name, verdict: 'warning', found, advice } : { name, verdict: 'ok', found },
    ...setAside(builds),
  ];
}

/** What could not be removed when it was in the way of a build. */
function setAside(builds: readonly BuildFiles[]): readonly Finding[] {
  const folders = builds.flatMap(({ asides }) => asides);
  if (folders.length === 0) return [];
  return [
    {
      name: 'set aside',
      verdict: 'warning',
      found: `files that could not be removed, often of another user: ${folders.join(', ')}`,
      advice: 'remove them as a user who may, or let baton prune do it once that is permitted',
    },
  ];
}
