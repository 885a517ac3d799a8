import { resolve } from 'node:path';
import { describeArtifactUrl } from '@baton/adapters/artifacts';
import type { ServeDefaults } from '@baton/server';
import type { Caller } from '../caller.ts';
import { definitionOf } from '../config/definition-of.ts';
import { loadConfig } from '../config/load-config.ts';
import { checkRepository } from '../state/check-repository.ts';
import { artifactsUrlOf, openArtifacts } from '../state/open-artifacts.ts';
import { wantedRoles } from './wanted-roles.ts';
import type { StartWorkerOptions } from './worker-options.ts';

/**
 * What a server takes from the worker that runs in its process: builds end as that one can end them, and artifacts are
 * read where it keeps them.
 *
 * @throws BatonError for a repository or a configuration that a worker cannot work with.
 */
export async function serveDefaults(
  {
    workspace = '.',
    config: path,
    roles,
  }: Pick<StartWorkerOptions, 'workspace' | 'config' | 'roles'>,
  caller: Pick<Caller, 'env' | 'cwd'>,
): Promise<ServeDefaults> {
  const { cwd, env } = caller;
  const repository = await checkRepository(resolve(cwd, workspace));
  const config = await loadConfig(path, { workspace: repository, cwd });
  // Where another worker ends builds, its configuration says how.
  const isLast = wantedRoles(config, roles).includes('release_manager');
  const definition = isLast ? definitionOf(config).name : undefined;
  // The server opens that store itself.
  if (env['ARTIFACTS_URL']) return { definition };
  const url = artifactsUrlOf(config);
  const description =
    url === undefined ? 'with the records of builds on this machine' : describeArtifactUrl(url);
  return {
    definition,
    artifacts: { store: await openArtifacts(repository, caller, url), description },
  };
}
