import { existsSync, realpathSync } from 'node:fs';
import type { Workspace } from '@baton/core';
import type { SandboxSettings } from './hindrances/hindrance.ts';
import type { Sandbox, SandboxLimits, SandboxPolicy } from './sandbox.ts';

/** What one command is held to, before its build is known. */
export interface Confinement {
  readonly sandbox: Sandbox;
  /** Whether it may write the files of the build. */
  readonly workspace: 'write' | 'read';
  readonly hidden: readonly string[];
  readonly readable: readonly string[];
  /** What it may write beside the files of the build. */
  readonly writable: readonly string[];
  readonly network: SandboxPolicy['network'];
  readonly limits: SandboxLimits;
  /** Where that is said, for messages. Default: messages name no file. */
  readonly settings?: SandboxSettings | undefined;
}

/** A sandbox, and what one run of a command is held to in it. */
export interface Wall {
  readonly sandbox: Sandbox;
  readonly policy: SandboxPolicy;
  /** Where that is said, for messages. Default: messages name no file. */
  readonly settings?: SandboxSettings | undefined;
}

/** Where a run takes place. */
export interface RunPlace {
  readonly workspace: Pick<Workspace, 'path' | 'outside'> | undefined;
  /** The folder that it works in where there is no workspace. */
  readonly folder: string;
  /** What it writes outside of that, such as its reports. */
  readonly scratch?: readonly string[];
}

/**
 * The wall of one run; none where nothing confines the command.
 *
 * @example
 * import { createNoSandbox, wallOf } from '@baton/adapters/sandbox';
 * const limits = { memoryBytes: 2 ** 31, processes: 500, outputBytes: 2 ** 24 };
 * const lists = { hidden: [], readable: [], writable: [] };
 * const wall = wallOf(
 *   { sandbox: createNoSandbox(), workspace: 'write', ...lists, network: 'all', limits },
 *   { workspace: undefined, folder: '/srv/shop' },
 * );
 */
export function wallOf(
  confinement: Confinement | undefined,
  { workspace, folder, scratch = [] }: RunPlace,
): Wall | undefined {
  if (confinement === undefined) return undefined;
  const { sandbox, hidden, network, limits, settings } = confinement;
  const outside = workspace?.outside;
  const own = [workspace?.path ?? folder, ...(outside?.writable ?? [])];
  // No command writes where these lie, so that what links say there holds.
  const readable = [...confinement.readable, ...(outside?.readable ?? []).map(realIfThere)];
  const writable = [...confinement.writable, ...scratch.map(realIfThere)];
  const places =
    confinement.workspace === 'write'
      ? { readable, writable: [...writable, ...own] }
      : { readable: [...readable, ...own], writable };
  return { sandbox, policy: { hidden, ...places, network, limits }, settings };
}

function realIfThere(path: string): string {
  return existsSync(path) ? realpathSync(path) : path;
}
