import { existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { BatonError } from '@baton/core';
import type { SandboxPolicy } from './sandbox.ts';

type Mount = readonly [path: string, ...args: readonly string[]];

/**
 * The arguments of bwrap for the paths of a policy, parents before children. Missing writable folders are
 * created; missing readable or hidden ones need no mount.
 */
export function mountsOf({ hidden, readable, writable }: SandboxPolicy): readonly string[] {
  const mounts: Mount[] = [
    ...hidden.filter(isFolder).map((path): Mount => [path, '--tmpfs', path]),
    ...bound('--ro-bind', readable),
    ...bound('--bind', writable.map(made)),
  ];
  const deep = ([path]: Mount): number => path.split('/').length;
  // The sort is stable: a writable mount comes after the one that hides its path.
  return mounts.sort((a, b) => deep(a) - deep(b)).flatMap(([, ...args]) => args);
}

function made(path: string): string {
  expectReal(path);
  if (!existsSync(path)) mkdirSync(path, { recursive: true });
  return path;
}

function bound(how: '--ro-bind' | '--bind', paths: readonly string[]): readonly Mount[] {
  return paths.filter(existsSync).map((path) => {
    expectReal(path);
    return [path, how, path, path];
  });
}

/** An earlier command may have put a link there, to files that this one must not see. */
function expectReal(path: string): void {
  let there = path;
  while (!existsSync(there)) there = dirname(there);
  const real = realpathSync(there);
  if (real === there) return;
  throw new BatonError(
    'invalid_input',
    `${path} has changed since the build began: ${there} leads to ${real}; remove the link, then request a retry`,
  );
}

/** The root cannot be hidden: nothing could run. */
function isFolder(path: string): boolean {
  return path !== '/' && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
