import { realpathSync } from 'node:fs';
import { delimiter } from 'node:path';
import { checkoutOf, invocationOf } from './invocation.ts';

type Environment = Record<string, string | undefined>;

/** What npm, pnpm, yarn and bun tell the programs that they start about themselves. */
const OWN_VARIABLES = [
  /^npm_(command|execpath|node_execpath|lifecycle_\w+|package_.+)$/,
  /^npm_config_(user_agent|npm_version|local_prefix|global_prefix|prefix|node_gyp|nodedir)$/,
  /^npm_config_(package|yes|call|workspaces?|include_workspace_root)$/,
  /^(pnpm|npm)_config_verify_deps_before_run$/,
  /^(PNPM_PACKAGE_NAME|PNPM_SCRIPT_SRC_DIR|INIT_CWD|BERRY_BIN_FOLDER|PROJECT_CWD)$/,
];

/** Folders that they put first in PATH; yarn and bun have their own `node` in the last two. */
const OWN_PLACES = [
  /(^|[\\/])node_modules[\\/]\.bin$/,
  /[\\/]node-gyp-bin$/,
  /[\\/](yarn--[\d.-]+|xfs-[0-9a-f]+)$/,
  /[\\/]bun-node-[0-9a-f]+$/,
];

/** Ends what npm puts first in PATH: all behind it is the user's. */
const END_OF_NPM = /[\\/]@npmcli[\\/]run-script[\\/].*node-gyp-bin$/;

/** Whether a package manager started this process, and added to its environment. */
function isFromPackageManager(env: Readonly<Environment>): boolean {
  return ['npm_execpath', 'npm_lifecycle_event', 'npm_config_user_agent'].some(
    (name) => env[name] !== undefined,
  );
}

/**
 * The environment that the user's shell has, from the one that a package manager made of it: without
 * the folders that it put first in PATH, such as `node_modules/.bin`, and without its variables. What
 * the user has set stays; an environment that no package manager has touched is answered as it is.
 *
 * @example
 * userEnvironment({ PATH: '/app/node_modules/.bin:/usr/bin', npm_execpath: '/npm' });
 * // { PATH: '/usr/bin' }
 */
export function userEnvironment(env: Readonly<Environment>): Environment {
  const found: Environment = { ...env };
  const { NODE_PATH, NODE, PATH } = env;
  if (NODE_PATH !== undefined) {
    // pnpm's start scripts set NODE_PATH, those of installed programs too.
    const own = NODE_PATH.split(delimiter).filter((place) => !/[\\/]\.pnpm[\\/]/.test(place));
    if (own.length > 0) found['NODE_PATH'] = own.join(delimiter);
    else delete found['NODE_PATH'];
  }
  if (!isFromPackageManager(env)) return found;
  for (const name of Object.keys(env)) {
    if (OWN_VARIABLES.some((pattern) => pattern.test(name))) delete found[name];
  }
  if (NODE === env['npm_node_execpath']) delete found['NODE'];
  if (PATH !== undefined) found['PATH'] = userPath(PATH);
  return found;
}

function userPath(path: string): string {
  const places = path.split(delimiter);
  const first = places.findIndex((place) => !OWN_PLACES.some((pattern) => pattern.test(place)));
  const end = places.slice(0, first).findLastIndex((place) => END_OF_NPM.test(place));
  return places.slice(end === -1 ? first : end + 1).join(delimiter);
}

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
