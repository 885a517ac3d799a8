import { createHash } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import type { Workspace } from '@baton/core';
import type { SandboxSettings } from './hindrances/hindrance.ts';
import type { Sandbox, SandboxLimits, SandboxPolicy } from './sandbox.ts';

/** The sandbox and rules of a command, before its build is known. */
export interface Confinement {
  readonly sandbox: Sandbox;
  /** Whether the command may write the files of the build. */
  readonly workspace: 'write' | 'read';
  readonly hidden: readonly string[];
  readonly readable: readonly string[];
  /** Paths that it may write beside the files of the build. */
  readonly writable: readonly string[];
  readonly network: SandboxPolicy['network'];
  readonly limits: SandboxLimits;
  /** Where the rules are configured, for messages. Default: messages name no file. */
  readonly settings?: SandboxSettings | undefined;
}

/** A sandbox with the policy of one run. */
export interface Wall {
  readonly sandbox: Sandbox;
  readonly policy: SandboxPolicy;
  /** Where the rules are configured, for messages. Default: messages name no file. */
  readonly settings?: SandboxSettings | undefined;
}

/** The place of a run. */
export interface RunPlace {
  readonly workspace: Pick<Workspace, 'path' | 'outside'> | undefined;
  /** The folder to work in without a workspace. */
  readonly folder: string;
  /** Paths that the run writes outside of it, such as reports. */
  readonly scratch?: readonly string[];
}

/**
 * Combines a confinement with the place of one run; undefined when nothing confines the command.
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
  // No command can write where these lie, so their links can be trusted.
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

/** SHA-256, in hex, of a sandbox and its policy. Equal restrictions have equal digests. */
export function policyDigest({ name }: Pick<Sandbox, 'name'>, policy: SandboxPolicy): string {
  const { hidden, readable, writable, network, limits } = policy;
  const { memoryBytes, processes, outputBytes } = limits;
  const reached = typeof network === 'string' ? network : [...network.hosts].sort();
  const sorted = [hidden, readable, writable].map((paths) => [...paths].sort());
  const held = [name, ...sorted, reached, memoryBytes, processes, outputBytes];
  return createHash('sha256').update(JSON.stringify(held)).digest('hex');
}
