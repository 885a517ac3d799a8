import { readRepository } from './read-repository.ts';
import type { Toolchain } from './toolchain.ts';
import { recogniseDotnet } from './toolchains/dotnet.ts';
import { recogniseGo } from './toolchains/go.ts';
import { recogniseJava } from './toolchains/java.ts';
import { recogniseNode } from './toolchains/node.ts';
import { recognisePython } from './toolchains/python.ts';
import { recogniseRuby } from './toolchains/ruby.ts';
import { recogniseRust } from './toolchains/rust.ts';

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
