import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { userEnvironment } from '../packages/cli/src/invocation/user-environment.ts';
import { manifestAt } from './public-packages.ts';
import { runQuietly } from './run.ts';

/** The packages of others that Baton's adapters use where they are there, such as drivers. */
export function optionalPackages(): readonly string[] {
  const { peerDependencies = {}, devDependencies = {} } = manifestAt(
    'packages/adapters/package.json',
  );
  return Object.keys(peerDependencies).map((name) => `${name}@${devDependencies[name]}`);
}

/**
 * Installs packages with npm into a project of their own.
 *
 * @throws Error when that fails; what npm says of it is on stderr.
 */
export function installPackages(folder: string, packages: readonly string[]): void {
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  const env = userEnvironment(process.env);
  if (runQuietly('npm', ['install', ...quiet, ...packages], folder, env)) return;
  throw new Error(`npm could not install the packages into ${folder}`);
}
