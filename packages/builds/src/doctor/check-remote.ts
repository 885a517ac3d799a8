import { probeRemote } from '@baton/adapters/workspace';
import type { Config } from '../config/load-config.ts';
import { buildPlaces } from '../state/baton-folder.ts';
import { type Finding, finding } from './finding.ts';

/** A remote that has not answered by then is told as one that is away. */
const MOST_MS = 60_000;

/** Whether builds can travel by the remote of the configuration, where it has one. */
export async function checkRemote(
  config: Pick<Config, 'workspace' | 'folder'>,
  workspace: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly Finding[]> {
  const { repository, remote } = buildPlaces(workspace, config, env);
  if (remote === undefined) return [];
  const advice = `see that this works, and asks for no password: git ls-remote ${remote}; your user there needs the right to create and delete refs below refs/baton-shared/`;
  const found = finding('remote', advice, async () => {
    const probed = await probeRemote({ repository, remote, env, remoteTimeoutMs: MOST_MS });
    const { length } = probed.workflowIds;
    return `${remote}, with checkpoints of ${length === 1 ? '1 build' : `${length} builds`}`;
  });
  return [await found];
}
