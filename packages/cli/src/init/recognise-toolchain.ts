import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Repository, Toolchain } from './toolchain.ts';
import { recogniseGo } from './toolchains/go.ts';
import { recogniseJava } from './toolchains/java.ts';
import { recogniseNode } from './toolchains/node.ts';
import { recognisePython } from './toolchains/python.ts';
import { recogniseRust } from './toolchains/rust.ts';

/** Node last: a package.json may be there for the tools of another language alone. */
const KNOWN = [recogniseGo, recogniseRust, recogniseJava, recognisePython, recogniseNode];

/** What the files in the root of a repository tell: the toolchains, the likeliest first. */
export function recogniseToolchains(folder: string): readonly Toolchain[] {
  const repository: Repository = {
    has: (path) => existsSync(join(folder, path)),
    read: (path) =>
      existsSync(join(folder, path)) ? readFileSync(join(folder, path), 'utf8') : '',
  };
  return KNOWN.flatMap((recognise) => recognise(repository) ?? []);
}
