import { lockfilesOf, type Repository } from '../../toolchain.ts';
import type { Package } from './read-package.ts';

export interface PackageManager {
  readonly name: 'npm' | 'pnpm' | 'yarn' | 'bun';
  /** What told; undefined where npm is assumed. */
  readonly evidence: string | undefined;
  readonly install: readonly string[];
  /** Runs a program of a dependency. */
  readonly execute: readonly string[];
  /** Folders of the home where its packages lie for all projects. */
  readonly stores: readonly string[];
  /** What is to be known of the choice. */
  readonly assumed: readonly string[];
  /** The lockfile that its install writes although the repository has none. */
  readonly writes: string | undefined;
}

const LOCKFILES = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
  ['package-lock.json', 'npm'],
  ['npm-shrinkwrap.json', 'npm'],
] as const;

const EXECUTE = {
  npm: ['npx', '--no-install'],
  pnpm: ['pnpm', 'exec'],
  yarn: ['yarn', 'run'],
  bun: ['bunx', '--no-install'],
} as const;

const STORES = {
  npm: ['~/.npm'],
  pnpm: ['~/.local/share/pnpm', '~/.cache/pnpm', '~/.cache/node/corepack'],
  yarn: ['~/.cache/yarn', '~/.yarn/berry', '~/.cache/node/corepack'],
  bun: ['~/.bun/install/cache'],
} as const;

/**
 * The package manager that the field `packageManager` names, or whose lockfile is there. It installs
 * what the lockfile says; without one it is not to write one where that can be: a role that only tests
 * must leave no files.
 */
export function packageManagerOf(
  repository: Repository,
  { packageManager }: Pick<Package, 'packageManager'>,
): PackageManager {
  const names = LOCKFILES.map(([file]) => file);
  const { used, passedOver } = lockfilesOf(repository, names);
  const locked = LOCKFILES.filter(([file]) => used.includes(file));
  const named = Object.keys(EXECUTE).find((name) => packageManager?.startsWith(`${name}@`));
  const [first] = locked;
  const name = (named as PackageManager['name'] | undefined) ?? first?.[1] ?? 'npm';
  const lockfile = locked.find(([, manager]) => manager === name)?.[0];
  const modern = isModernYarn(repository, packageManager);
  return {
    name,
    evidence: named === undefined ? lockfile : `packageManager ${packageManager}`,
    install: installOf(name, lockfile !== undefined, modern),
    execute: EXECUTE[name],
    stores: STORES[name],
    assumed: [...saidOf(name, lockfile, passedOver), ...saidOfOthers(name, lockfile, used)],
    writes: name === 'yarn' && modern && lockfile === undefined ? 'yarn.lock' : undefined,
  };
}

function saidOf(
  name: PackageManager['name'],
  lockfile: string | undefined,
  passedOver: readonly string[],
): readonly string[] {
  if (passedOver.length === 0) return [];
  const others = passedOver.join(', ');
  const by = lockfile === undefined ? 'without a lockfile' : `from ${lockfile}`;
  return [`${name} installs ${by}: ${others} is not committed, so builds do not have it`];
}

function saidOfOthers(
  name: PackageManager['name'],
  lockfile: string | undefined,
  used: readonly string[],
): readonly string[] {
  const others = used.filter((file) => file !== lockfile);
  if (others.length === 0) return [];
  const by = lockfile === undefined ? 'without a lockfile of its own' : `from ${lockfile}`;
  return [
    `${name} installs ${by}, and ${others.join(', ')} is committed, too: remove what is not used`,
  ];
}

function installOf(name: PackageManager['name'], isLocked: boolean, modernYarn: boolean) {
  switch (name) {
    case 'npm':
      return isLocked ? ['npm', 'ci'] : ['npm', 'install', '--no-package-lock'];
    case 'pnpm':
      return ['pnpm', 'install', isLocked ? '--frozen-lockfile' : '--no-lockfile'];
    case 'bun':
      return ['bun', 'install', isLocked ? '--frozen-lockfile' : '--no-save'];
    case 'yarn':
      if (modernYarn) return ['yarn', 'install', isLocked ? '--immutable' : '--no-immutable'];
      return ['yarn', 'install', isLocked ? '--frozen-lockfile' : '--no-lockfile'];
  }
}

/** Yarn 2 and later have other options than Yarn 1. */
function isModernYarn(repository: Repository, packageManager = ''): boolean {
  const [, major] = /^yarn@(\d+)/.exec(packageManager) ?? [];
  if (major !== undefined) return Number(major) > 1;
  return repository.has('.yarnrc.yml') || /^__metadata:/m.test(repository.read('yarn.lock'));
}
