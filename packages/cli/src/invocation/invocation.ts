import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { findProgram, quoted } from '@baton/builds/host';

type Environment = Readonly<Record<string, string | undefined>>;

/** How this process came to be. */
export interface Start {
  /** As the process got it. */
  readonly env: Environment;
  /** The PATH of the user's shell. */
  readonly path: string;
  readonly cwd: string;
  readonly execPath: string;
  readonly execArgv: readonly string[];
  /** The program, as Node was told it. */
  readonly program: string;
}

/** The name of the package that has the command. */
const PACKAGE = '@baton/cli';
const COMMAND = 'baton';
/** Scripts that start an installed command are a few lines long. */
const MOST_OF_A_SCRIPT = 10_000;

/**
 * Returns how to call Baton in the shell that started this process: `baton` if it is installed,
 * otherwise the way it was started. It never returns `npx baton`, which would run an unrelated package.
 *
 * @example
 * invocationOf(start); // npx -y pnpm@12 baton
 */
export function invocationOf(start: Start): string {
  return ofCheckout(start) ?? ofPath(start) ?? ofRunner(start) ?? ofNode(start);
}

/**
 * Returns the folder of the clone whose package script runs this process. Undefined for any other process.
 * Package managers run scripts in that folder and keep the user's folder in `INIT_CWD`.
 */
export function checkoutOf({ env, program }: Pick<Start, 'env' | 'program'>): string | undefined {
  const { npm_package_json: manifest, npm_package_name: name } = env;
  if (manifest === undefined || name !== COMMAND) return undefined;
  const root = real(dirname(manifest));
  const inside = real(program).startsWith(root + sep);
  const installed = real(program).slice(root.length).includes(`${sep}node_modules${sep}`);
  return inside && !installed ? root : undefined;
}

function ofCheckout(start: Start): string | undefined {
  const root = checkoutOf(start);
  if (root === undefined) return undefined;
  const isThere = real(start.env['INIT_CWD'] ?? start.cwd) === root;
  const [manager] = managerOf(start.env);
  if (manager === 'pnpm') {
    return `${pnpm(start)}${isThere ? '' : ` --dir ${quoted(root)}`} ${COMMAND}`;
  }
  if (manager === 'yarn') return `yarn${isThere ? '' : ` --cwd ${quoted(root)}`} ${COMMAND}`;
  return `npm run --silent${isThere ? '' : ` --prefix ${quoted(root)}`} ${COMMAND} --`;
}

/** The command on the user's PATH, if it is this program. */
function ofPath({ path, program, cwd }: Start): string | undefined {
  const found = findProgram(COMMAND, cwd, { PATH: path });
  return found !== undefined && leadsTo(found, program) ? COMMAND : undefined;
}

/** A link to the program, or a script that starts it, as pnpm and our own installer write them. */
function leadsTo(command: string, program: string): boolean {
  if (real(command) === real(program)) return true;
  const script = readFileSync(command, 'utf8').slice(0, MOST_OF_A_SCRIPT);
  return script.startsWith('#!') && script.includes(`/${PACKAGE}/`);
}

function ofRunner(start: Start): string | undefined {
  const { env, program } = start;
  const [manager] = managerOf(env);
  const isOnce = env['npm_command'] === 'dlx' || program.includes(`${sep}dlx${sep}`);
  switch (manager) {
    case 'npm':
      return ofNpx(start);
    case 'pnpm':
      return isOnce ? `${pnpm(start)} dlx ${PACKAGE}` : `${pnpm(start)} exec ${COMMAND}`;
    case 'yarn':
      return isOnce || /[\\/]xfs-/.test(program) ? `yarn dlx ${PACKAGE}` : `yarn ${COMMAND}`;
    case 'bun':
      return `bunx ${PACKAGE}`;
    default:
      return undefined;
  }
}

/** npx keeps what it was asked for beside what it has installed for that. */
function ofNpx({ env, program }: Start): string {
  const yes = env['npm_config_yes'] === 'true' ? ' -y' : '';
  const [asked = PACKAGE, ...more] = askedOfNpx(program);
  const isPlain = more.length === 0 && (asked === PACKAGE || asked.startsWith(`${PACKAGE}@`));
  if (isPlain) return `npx${yes} ${quoted(asked)}`;
  const packages = [asked, ...more].map((one) => ` --package=${quoted(one)}`);
  return `npx${yes}${packages.join('')} ${COMMAND}`;
}

function askedOfNpx(program: string): readonly string[] {
  const folder = /^(.*[\\/]_npx[\\/][^\\/]+)[\\/]node_modules[\\/]/.exec(program)?.[1];
  if (folder === undefined) return [];
  try {
    const { _npx } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return _npx.packages;
  } catch {
    // Other versions of npx may keep none of it: the name alone works, too.
    return [];
  }
}

function ofNode({ execPath, execArgv, program }: Start): string {
  return [execPath, ...execArgv, program].map(quoted).join(' ');
}

/** Such as `['pnpm', '12']`. */
function managerOf(env: Environment): readonly (string | undefined)[] {
  return /^(\w+)\/(\d+)/.exec(env['npm_config_user_agent'] ?? '')?.slice(1) ?? [];
}

/** pnpm as the user has it: installed, or by npx. */
function pnpm({ env, path, cwd }: Start): string {
  const [, major] = managerOf(env);
  const isByNpx = /[\\/]_npx[\\/]/.test(env['npm_execpath'] ?? '');
  const isInstalled = findProgram('pnpm', cwd, { PATH: path }) !== undefined;
  return isInstalled && !isByNpx ? 'pnpm' : `npx -y pnpm@${major}`;
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
