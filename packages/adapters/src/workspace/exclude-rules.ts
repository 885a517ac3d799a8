import { join, resolve } from 'node:path';
import type { Environment } from './environment.ts';
import { readIfThere } from './files.ts';
import { type Git, textOf } from './git.ts';
import type { Repository } from './repository.ts';

/**
 * The ignore rules that apply to a repository from outside its tree, weakest first, as git ranks
 * them: `core.excludesFile` (or its default place), then the repository's `info/exclude`.
 */
export async function excludeRules(
  git: Git,
  repository: Repository,
  env: Environment,
): Promise<Buffer> {
  const configured = await git(['config', '--type=path', '--get', 'core.excludesFile'], {
    cwd: repository.root,
    accept: [1],
  });
  const global =
    configured.code === 0 ? resolve(repository.root, textOf(configured)) : defaultFile(env);
  const ofUser = global === undefined ? undefined : await readIfThere(global);
  const ofRepository = await readIfThere(join(repository.commonDir, 'info', 'exclude'));
  const newline = Buffer.from('\n');
  return Buffer.concat([ofUser ?? newline, newline, ofRepository ?? newline]);
}

function defaultFile(env: Environment): string | undefined {
  if (env['XDG_CONFIG_HOME']) return join(env['XDG_CONFIG_HOME'], 'git', 'ignore');
  return env['HOME'] ? join(env['HOME'], '.config', 'git', 'ignore') : undefined;
}
