import { BatonError } from '@baton/core';
import { parseJson } from '@baton/core/internal';
import type { Repository } from '../../toolchain.ts';

/** What a package.json says, as far as proposals rest on it. */
export interface Package {
  readonly name: string | undefined;
  readonly scripts: ReadonlyMap<string, string>;
  /** Ranges of the dependencies, those for development included. */
  readonly dependencies: ReadonlyMap<string, string>;
  /** Such as `pnpm@10.30.2`. */
  readonly packageManager: string | undefined;
  /** Patterns of the folders of its workspaces. */
  readonly workspaces: readonly string[];
  /** Why it could not be read. */
  readonly problem: string | undefined;
}

export function readPackage(repository: Repository, path = 'package.json'): Package {
  let found: Readonly<Record<string, unknown>> = {};
  let problem: string | undefined;
  try {
    found = membersOf(parseJson(repository.read(path).replace(/^\uFEFF/, '')));
  } catch (reason) {
    problem = `${path}, which cannot be read (it is ${BatonError.from(reason).message})`;
  }
  const { name, packageManager, workspaces } = found;
  const packages = Array.isArray(workspaces) ? workspaces : membersOf(workspaces)['packages'];
  return {
    name: textOf(name),
    scripts: new Map(textsOf(found['scripts'])),
    dependencies: new Map(
      ['peerDependencies', 'optionalDependencies', 'dependencies', 'devDependencies'].flatMap(
        (kind) => textsOf(found[kind]),
      ),
    ),
    packageManager: textOf(packageManager),
    workspaces: Array.isArray(packages) ? packages.filter((one) => typeof one === 'string') : [],
    problem,
  };
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function textsOf(value: unknown): [string, string][] {
  return Object.entries(membersOf(value)).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
