import { examineRepository } from '@baton/adapters/workspace';
import { BatonError } from '@baton/core';
import type { Config } from '../config/load-config.ts';
import { buildPlaces } from './baton-folder.ts';

/**
 * Refuses to begin a build where the repository has what builds would go wrong with.
 *
 * @throws BatonError `invalid_input` naming all of it, with what to do.
 */
export async function refuseFeatures(
  workspace: string,
  config: Pick<Config, 'workspace' | 'folder'>,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const features = await examineRepository(buildPlaces(workspace, config, env));
  const problems = features.filter(({ verdict }) => verdict === 'problem');
  if (problems.length === 0) return;
  const violations = problems.map(({ name, found, advice = '' }) => ({
    field: name,
    description: `${found}; ${advice}`,
  }));
  const lines = violations.map(({ field, description }) => `  ${field}: ${description}`);
  throw new BatonError(
    'invalid_input',
    `builds would go wrong in ${workspace}:\n${lines.join('\n')}`,
    { violations },
  );
}
