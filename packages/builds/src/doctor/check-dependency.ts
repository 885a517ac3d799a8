import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseJson } from '@baton/core/internal';
import type { Member } from '../init/toolchains/node/members.ts';
import type { Package } from '../init/toolchains/node/read-package.ts';
import type { Finding } from './finding.ts';

/** What package.json and the packages of its workspace say. */
export interface NodeWorkspace {
  readonly folder: string;
  readonly root: Package;
  readonly members: readonly Member[];
}

const EXECUTORS = [
  ['npx', '--no-install'],
  ['pnpm', 'exec'],
  ['yarn', 'run'],
  ['bunx', '--no-install'],
];
const MANAGERS = new Set(['npm', 'pnpm', 'yarn', 'bun']);

/**
 * The script that `npm run --silent lint` names. Of options, only the manager knows which take the next
 * word: after one, a word counts if it names a script.
 */
function scriptIn(
  [program = '', run, ...words]: readonly string[],
  isScript: (name: string) => boolean,
): string | undefined {
  if (!MANAGERS.has(program) || run !== 'run') return undefined;
  const end = words.indexOf('--');
  const before = end === -1 ? words : words.slice(0, end);
  return before[0]?.startsWith('-') ? before.find(isScript) : before[0];
}

/**
 * What a package manager is to run: a script, or a program of a dependency, in the root or in a
 * package of the workspace. Undefined for another command.
 */
export function checkDependency(
  argv: readonly string[],
  node: NodeWorkspace,
  isInstalled: boolean,
): Omit<Finding, 'name'> | undefined {
  const [program = '', ...args] = withoutSettings(argv);
  const places = [node.root, ...node.members.map((one) => one.package)];
  const script = scriptIn([program, ...args], (name) =>
    places.some(({ scripts }) => scripts.has(name)),
  );
  if (script !== undefined && places.some(({ scripts }) => scripts.has(script))) {
    return { verdict: 'ok', found: `the script ${script}` };
  }
  const executor = EXECUTORS.find((one) =>
    one.every((word, at) => [program, ...args][at] === word),
  );
  if (executor === undefined) {
    if (script === undefined) return undefined;
    const found = `package.json has no script '${script}', nor has a package of the workspace`;
    return { verdict: 'problem', found, advice: 'write it' };
  }
  const name = [program, ...args][executor.length] ?? '';
  const folders = [node.folder, ...node.members.map(({ folder }) => join(node.folder, folder))];
  const path = folders
    .map((folder) => join(folder, 'node_modules', '.bin', name))
    .find((one) => existsSync(one));
  if (path !== undefined) return { verdict: 'ok', found: `${path}${versionOf(path)}` };
  const isNamed = places.some(({ dependencies }) => dependencies.has(name));
  if (isInstalled) {
    const by = isNamed ? 'which package.json names' : 'which is not installed here';
    return { verdict: 'ok', found: `${name}, ${by}: commands.install has to bring it` };
  }
  const found = `there is no program '${name}' in node_modules, and no commands.install that brings it`;
  return { verdict: 'problem', found, advice: 'add commands.install' };
}

function withoutSettings(argv: readonly string[]): readonly string[] {
  if (argv[0] !== 'env') return argv;
  return argv.slice(1 + argv.slice(1).findIndex((word) => !word.includes('=')));
}

/** Of the package that a program is linked from; empty where that cannot be told. */
function versionOf(path: string): string {
  let folder = dirname(realpathSync(path));
  while (!existsSync(join(folder, 'package.json'))) {
    if (folder === dirname(folder)) return '';
    folder = dirname(folder);
  }
  try {
    const { version } = parseJson(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      readonly version?: unknown;
    };
    return typeof version === 'string' ? ` (${version})` : '';
  } catch {
    // A package.json that cannot be read has no version to show.
    return '';
  }
}
