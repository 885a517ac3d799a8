import { BatonError, parseJson } from '@baton/core';
import type { ProposedCommand, Recognise, Repository } from '../toolchain.ts';
import { nodeTestRunner } from './node-test-runner.ts';

interface PackageManager {
  readonly name: string;
  readonly lockfile: string;
  readonly install: readonly string[];
  /** Runs a program of a dependency. */
  readonly execute: readonly string[];
}

const MANAGERS: readonly PackageManager[] = [
  {
    name: 'pnpm',
    lockfile: 'pnpm-lock.yaml',
    install: ['pnpm', 'install', '--frozen-lockfile'],
    execute: ['pnpm', 'exec'],
  },
  {
    name: 'yarn',
    lockfile: 'yarn.lock',
    install: ['yarn', 'install', '--immutable'],
    execute: ['yarn', 'run'],
  },
  {
    name: 'bun',
    lockfile: 'bun.lock',
    install: ['bun', 'install', '--frozen-lockfile'],
    execute: ['bunx'],
  },
  {
    name: 'npm',
    lockfile: 'package-lock.json',
    install: ['npm', 'ci'],
    execute: ['npx', '--no-install'],
  },
  {
    name: 'npm',
    lockfile: 'npm-shrinkwrap.json',
    install: ['npm', 'ci'],
    execute: ['npx', '--no-install'],
  },
];

/** Without a lockfile, it is not to write one: a role that only tests must leave no files. */
const NPM = {
  name: 'npm',
  install: ['npm', 'install', '--no-package-lock'],
  execute: ['npx', '--no-install'],
};

/** Scripts that check without changing, by the names that are usual. */
const CHECKS = ['lint', 'typecheck', 'types', 'type-check', 'build'];

export const recogniseNode: Recognise = (repository) => {
  if (!repository.has('package.json')) return undefined;
  const { scripts, dependencies, problem } = readPackage(repository);
  const locked = MANAGERS.find(({ lockfile }) => repository.has(lockfile));
  const manager = locked ?? NPM;
  const runner = nodeTestRunner(dependencies, manager.execute);
  const script = (name: string): ProposedCommand => ({ argv: [manager.name, 'run', name] });
  const named = (name: string) => (scripts.has(name) ? script(name) : undefined);
  const [deploy, smoke] = [named('deploy'), named('smoke')];
  return {
    name: `Node (${manager.name}, ${runner.name})`,
    evidence: [problem ?? 'package.json', ...(locked === undefined ? [] : [locked.lockfile])],
    install: dependencies.size === 0 ? undefined : { argv: manager.install },
    test: runner.test,
    needs: runner.test.argv[0] === 'env' ? manager.execute.slice(0, 1) : [],
    verify: CHECKS.filter((name) => scripts.has(name)).map((name) => ({ name, ...script(name) })),
    ...(deploy !== undefined && { deploy }),
    ...(smoke !== undefined && { smoke }),
    leavesBehind: ['node_modules/', 'dist/', 'build/', 'coverage/', '*.tsbuildinfo'],
    assumed:
      problem === undefined ? runner.assumed : ['package.json has no scripts and no dependencies'],
  };
};

function readPackage(repository: Repository) {
  let found: Readonly<Record<string, object | undefined>> = {};
  let problem: string | undefined;
  try {
    found = (parseJson(repository.read('package.json')) as typeof found | null) ?? {};
  } catch (reason) {
    problem = `package.json, which cannot be read (it is ${BatonError.from(reason).message})`;
  }
  const keys = (name: string): readonly string[] => Object.keys(found[name] ?? {});
  return {
    scripts: new Set(keys('scripts')),
    dependencies: new Set([...keys('dependencies'), ...keys('devDependencies')]),
    problem,
  };
}
