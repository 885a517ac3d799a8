import { existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { BatonError } from '@baton/core';
import type { SandboxPolicy } from './sandbox.ts';

type Mount = readonly [path: string, ...args: readonly string[]];

/**
 * What bwrap is told of a policy's paths, each below the one that it lies in. What is to be written and
 * is not there is made as a folder; what is to be read or hidden and is not there needs no mount.
 */
export function mountsOf({ hidden, readable, writable }: SandboxPolicy): readonly string[] {
  const mounts: Mount[] = [
    ...hidden.filter(isFolder).map((path): Mount => [path, '--tmpfs', path]),
    ...bound('--ro-bind', readable),
    ...bound('--bind', writable.map(made)),
  ];
  const deep = ([path]: Mount): number => path.split('/').length;
  // A sort keeps the order of equals: what can be written wins over what hides it.
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

/** A command before may have put a link there, which leads to what this one must not see. */
function expectReal(path: string): void {
  let there = path;
  while (!existsSync(there)) there = dirname(there);
  const real = realpathSync(there);
  if (real === there) return;
  throw new BatonError(
    'invalid_input',
    `${path} is no longer what it was when the build was begun: ${there} leads to ${real}; remove the link, then request a retry`,
  );
}

/** The root is no folder to hide: nothing could be run. */
function isFolder(path: string): boolean {
  return path !== '/' && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
