import type { Repository } from '../../toolchain.ts';
import { type Package, readPackage } from './read-package.ts';
import { EXPECTED } from './runner.ts';

export interface Member {
  readonly folder: string;
  readonly package: Package;
}

/** The packages of a workspace: those that `pnpm-workspace.yaml` or `workspaces` name. */
export function membersOf(repository: Repository, root: Package): readonly Member[] {
  const patterns = [...root.workspaces, ...pnpmPatterns(repository.read('pnpm-workspace.yaml'))];
  const wanted = patterns.filter((one) => !one.startsWith('!')).map(expressionOf);
  const unwanted = patterns
    .filter((one) => one.startsWith('!'))
    .map((one) => expressionOf(one.slice(1)));
  return repository.files
    .filter((path) => path.endsWith('/package.json'))
    .map((path) => path.slice(0, -'/package.json'.length))
    .filter((folder) => wanted.some((one) => one.test(folder)))
    .filter((folder) => !unwanted.some((one) => one.test(folder)))
    .map((folder) => ({ folder, package: readPackage(repository, `${folder}/package.json`) }));
}

/** What a script of all packages runs, as a gap. */
export function membersGap(members: readonly Member[], script: string): string {
  const some = members.flatMap(({ folder, package: { scripts } }) => {
    const text = scripts.get(script);
    return text === undefined ? [] : [`${folder} (${text})`];
  });
  const where = some.length === 0 ? 'the packages of the workspace' : some.join(', ');
  return `the script test runs those of ${where}, each with reports of its own: ${EXPECTED} for all of them`;
}

/** The list `packages`, whose entries stand one a line. */
function pnpmPatterns(yaml: string): readonly string[] {
  const [, list = ''] = /^packages:[^\n]*\n((?:\s*(?:-[^\n]*|#[^\n]*)?\n?)*)/m.exec(yaml) ?? [];
  return [...list.matchAll(/^\s*-\s*(['"]?)(.*?)\1\s*(?:#.*)?$/gm)].map(
    ([, , pattern = '']) => pattern,
  );
}

function expressionOf(pattern: string): RegExp {
  const text = pattern
    .replace(/^\.\//, '')
    .replace(/\/$/, '')
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('**', '\0')
    .replaceAll('*', '[^/]*')
    .replaceAll('\0', '.*');
  return new RegExp(`^${text}$`);
}
