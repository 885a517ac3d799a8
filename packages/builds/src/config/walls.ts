import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import {
  type Confinement,
  isBelow,
  type Sandbox,
  type SandboxSettings,
  toolPaths,
} from '@baton/adapters/sandbox';
import { BatonError } from '@baton/core';
import type { BuildPlaces } from '../state/baton-folder.ts';
import { type Purpose, withFolder } from './commands-of.ts';
import type { Config } from './load-config.ts';
import { networkEntryOf, networkOf } from './network-of.ts';
import type { CommandSandbox } from './sandbox-schema.ts';

interface ConfinedEntry {
  readonly argv: readonly string[];
  readonly sandbox?: CommandSandbox;
}

/**
 * Answers what a command of the configuration is held to.
 *
 * @param entry where the configuration has the command. Default: the entry of the purpose.
 */
export type Walls = (
  purpose: Purpose,
  command: ConfinedEntry,
  entry?: string,
) => Confinement | undefined;

const MEBIBYTE = 2 ** 20;

/**
 * Creates the sandbox rules of a configuration's commands. They hide the home, the user's own checkout,
 * and Baton's state of this and other repositories.
 */
export function createWalls(config: Config, sandbox: Sandbox, places: BuildPlaces): Walls {
  const { env, repository, directory, stateDirectory } = places;
  const { memoryMiB, processes, outputMiB, read, write } = config.sandbox;
  const home = env['HOME'] ?? homedir();
  // The folders beside the usual ones belong to other repositories.
  const builds = config.workspace.directory === undefined ? dirname(directory) : directory;
  const seals = env['BATON_SEALS'];
  const states = dirname(stateDirectory);
  const kept = [builds, states, ...otherBuilds(states), ...(seals ? [resolve(seals)] : [])];
  const checkouts = [repository, ...otherCheckouts(repository)];
  const hidden = [...new Set([home, ...checkouts, ...kept].map(realIfThere))];
  const tools = toolPaths(env['PATH'] ?? '', hidden);
  const limits = {
    memoryBytes: memoryMiB * MEBIBYTE,
    processes,
    outputBytes: outputMiB * MEBIBYTE,
  };
  const pathOf = (path: string): string => {
    const [, name = '', rest = ''] = /^\$(\w+)(.*)$/.exec(path) ?? [];
    if (name !== '' && !env[name]) throw wrong(path, `the variable ${name} is not set`);
    const named = name === '' ? path : `${env[name]}${rest}`;
    const isHome = named === '~' || named.startsWith('~/');
    // Now, and not when the command runs: others may have put links there by then.
    return realAsFarAs(isHome ? join(home, named.slice(1)) : resolve(config.folder, named));
  };
  const writtenAt = (path: string): string => {
    const at = pathOf(path);
    if (at === '/') throw wrong(path, 'that is the root of this machine');
    // Elsewhere it may be a socket, or a mount, that is to come.
    if (existsSync(at) || isBelow(realIfThere(home), at)) return at;
    throw wrong(path, `there is no ${at}; only below the home it is made`);
  };
  const wrong = (path: string, problem: string): BatonError =>
    new BatonError(
      'invalid_input',
      `${config.path} cannot be used here: sandbox: '${path}': ${problem}`,
    );

  const beside = realIfThere(config.folder);

  /** What lies beside the configuration, or elsewhere in what is hidden, and is named in argv. */
  function named(argv: readonly string[]): readonly string[] {
    return withFolder(argv, config.folder)
      .filter((argument) => isAbsolute(argument) && existsSync(argument))
      .map((path) => realpathSync(path))
      .filter((path) => hidden.some((folder) => isBelow(folder, path)))
      .map((path) => {
        // A script beside the configuration comes with what lies beside it; another file comes alone.
        const folder = dirname(path);
        const isBeside = folder === beside || isBelow(beside, folder);
        return isBeside && !hidden.includes(folder) ? folder : path;
      });
  }

  const settingsOf = (purpose: Purpose, own: CommandSandbox, entry: string): SandboxSettings => ({
    entry,
    file: config.path,
    own: { read: own?.read, write: own?.write },
    network: networkEntryOf(purpose, own?.network, config.sandbox),
    home: realIfThere(home),
    checkouts: [...new Set(checkouts.map(realIfThere))],
    kept: [...new Set(kept.map(realIfThere))],
  });

  return (purpose, { argv, sandbox: own = {} }, entry = `commands.${purpose}`) => ({
    sandbox,
    settings: settingsOf(purpose, own, entry),
    workspace: own.workspace ?? 'write',
    hidden,
    readable: [...tools, ...named(argv), ...[...read, ...(own.read ?? [])].map(pathOf)],
    writable: [...write, ...(own.write ?? [])].map(writtenAt),
    network: networkOf(networkEntryOf(purpose, own.network, config.sandbox)),
    limits,
  });
}

function realIfThere(path: string): string {
  return existsSync(path) ? realpathSync(path) : path;
}

/** What is not there yet lies in what is. */
function realAsFarAs(path: string): string {
  if (existsSync(path) || path === dirname(path)) return realIfThere(path);
  return join(realAsFarAs(dirname(path)), basename(path));
}

/**
 * Returns the folders with builds of every repository, at their configured places.
 *
 * @param states the folder with Baton's state of each repository.
 */
export function otherBuilds(states: string): readonly string[] {
  const places = namesIn(states).flatMap((repository) => {
    const builds = join(states, repository, 'builds');
    return namesIn(builds).flatMap((build) => textOf(join(builds, build, 'place')) ?? []);
  });
  return [...new Set(places.map(dirname))];
}

/** Where the rest of a repository lies: its git folder, and the checkouts that share it. */
export function otherCheckouts(repository: string): readonly string[] {
  const common = commonFolder(repository);
  const main = basename(common) === '.git' ? [dirname(common)] : [];
  const worktrees = join(common, 'worktrees');
  const linked = namesIn(worktrees).flatMap((name) => {
    const link = textOf(join(worktrees, name, 'gitdir'));
    return link === undefined ? [] : [dirname(resolve(worktrees, name, link))];
  });
  return [common, ...main, ...linked];
}

function commonFolder(repository: string): string {
  const link = join(repository, '.git');
  const gitDir = /^gitdir: (.+)$/m.exec(textOf(link) ?? '')?.[1];
  if (gitDir === undefined) return link;
  const own = resolve(repository, gitDir);
  return resolve(own, textOf(join(own, 'commondir')) ?? '.');
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // Nothing there, then.
    return [];
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
