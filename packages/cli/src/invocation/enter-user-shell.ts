import { realpathSync } from 'node:fs';
import { checkoutOf, invocationOf } from './invocation.ts';
import { userEnvironment } from './user-environment.ts';

/** The part of the process that a package manager changes. */
type ThisProcess = Pick<NodeJS.Process, 'env' | 'argv' | 'execArgv' | 'execPath' | 'cwd' | 'chdir'>;

/**
 * Takes back what a package manager that started this process has made of it, so that all that it
 * runs is run as in the user's shell: the environment, PATH above all, and the folder.
 *
 * @returns what to type in front of a command in that shell.
 */
export function enterUserShell(process: ThisProcess): string {
  const { env, argv, execArgv, execPath } = process;
  const own = userEnvironment(env);
  const start = {
    env: { ...env },
    path: own['PATH'] ?? '',
    cwd: process.cwd(),
    execArgv,
    execPath,
    program: argv[1] ?? '',
  };
  const invocation = invocationOf(start);
  const folder = env['INIT_CWD'];
  if (folder !== undefined && checkoutOf(start) !== undefined) process.chdir(realpathSync(folder));
  for (const name of Object.keys(env)) {
    if (own[name] === undefined) delete env[name];
    else if (own[name] !== env[name]) env[name] = own[name];
  }
  return invocation;
}
