import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../host/find-program.ts';
import { git } from '../state/git.ts';
import type { Repository, Toolchain } from './toolchain.ts';
import { recogniseDotnet } from './toolchains/dotnet.ts';
import { recogniseGo } from './toolchains/go.ts';
import { recogniseJava } from './toolchains/java.ts';
import { recogniseNode } from './toolchains/node.ts';
import { recognisePython } from './toolchains/python.ts';
import { recogniseRuby } from './toolchains/ruby.ts';
import { recogniseRust } from './toolchains/rust.ts';

/** Reads the files of a repository, including uncommitted ones. */
export async function readRepository(
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Repository> {
  const list = async (...which: readonly string[]): Promise<readonly string[]> => {
    const listed = await git(folder, ['ls-files', '-z', ...which]);
    return (listed ?? '').split('\0').filter((path) => path !== '');
  };
  const tracked = new Set(await list('--cached'));
  const others = await list('--others', '--exclude-standard');
  const isFile = (path: string) =>
    statSync(join(folder, path), { throwIfNoEntry: false })?.isFile();
  return {
    has: (path) => existsSync(join(folder, path)),
    read: (path) => (isFile(path) ? readFileSync(join(folder, path), 'utf8') : ''),
    files: [...new Set([...tracked, ...others])],
    isTracked: (path) => tracked.has(path),
    hasProgram: (name) => findProgram(name, folder, env) !== undefined,
  };
}

/** Node last: a package.json may be there for the tools of another language alone. */
const KNOWN = [
  ...[recogniseGo, recogniseRust, recogniseJava, recogniseDotnet, recognisePython, recogniseRuby],
  recogniseNode,
];

/** What the files of a repository tell: the toolchains, the likeliest first. */
export async function recogniseToolchains(
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly Toolchain[]> {
  const repository = await readRepository(folder, env);
  return KNOWN.flatMap((recognise) => recognise(repository) ?? []);
}
