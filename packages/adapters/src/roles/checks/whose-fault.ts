import type { Workspace } from '@baton/core';
import { matchPaths } from '../../git/match-paths.ts';
import type { BaselineStep } from './baseline.ts';
import type { CheckCommand } from './check-command.ts';
import { namedPlaces, namingOf } from './named-places.ts';

/**
 * Patterns of files that declare dependencies or tools, in the syntax of `.gitignore`: manifests, lockfiles
 * and the configuration of package managers.
 */
const MANIFEST_FILES: readonly string[] = [
  ...['package.json', 'package-lock.json', 'npm-shrinkwrap.json', '*.lock', 'bun.lockb'],
  ...['pnpm-lock.yaml', 'pnpm-workspace.yaml', '.pnpmfile.*', '.npmrc', '.yarnrc*'],
  ...['pyproject.toml', 'setup.py', 'setup.cfg', 'requirements*.txt', 'constraints*.txt'],
  ...['Pipfile', 'environment.y*ml', 'tox.ini', 'noxfile.py', 'pytest.ini'],
  ...['go.mod', 'go.sum', 'go.work', 'Cargo.toml', 'build.rs', 'rust-toolchain*'],
  ...['pom.xml', '*.gradle', '*.gradle.kts', 'gradle/', 'gradle.properties', 'mvnw', '.mvn/'],
  ...['gradlew', 'Gemfile', '*.gemspec', 'composer.json', 'mix.exs', '*.csproj'],
  ...['Directory.*.props', 'packages.config', 'global.json', 'deno.json*', 'build.sbt'],
  ...['CMakeLists.txt', 'conanfile.*', 'vcpkg.json', 'Makefile', 'justfile', 'Taskfile.*'],
  ...['.gitmodules', '.tool-versions', '.nvmrc', '.python-version', '.ruby-version'],
];

/**
 * Files that the build changed and that decide whether a command finds its tools: declarations of
 * dependencies, and files that the command itself names.
 */
export async function changedManifests(
  command: CheckCommand,
  workspace: Workspace,
): Promise<readonly string[]> {
  const changed = await workspace.changedFiles('start');
  const places = namedPlaces([command], workspace.path);
  const manifests = new Set(await matchPaths(MANIFEST_FILES, changed));
  return changed.filter((path) => manifests.has(path) || namingOf(places, path) === 'file');
}

/**
 * Explains why the build is the reason that a command lacks a tool; undefined: it is not, so a person has to
 * fix it. A tool that worked at the baseline was removed by the build. Without a baseline, only a change of
 * manifests or of what the command names can have removed it.
 */
export async function takenAwayByBuild(
  command: CheckCommand,
  workspace: Workspace | undefined,
  {
    before,
    notStarted,
  }: { readonly before: BaselineStep | undefined; readonly notStarted: boolean },
): Promise<string | undefined> {
  if (workspace === undefined || before?.missing !== undefined) return undefined;
  // No role can remove a program from PATH.
  if (notStarted && !command.argv[0]?.includes('/')) return undefined;
  const changed = await changedManifests(command, workspace);
  if (changed.length > 0) return `this build changed ${changed.slice(0, 5).join(', ')}`;
  return before === undefined ? undefined : 'it ran before this build changed anything';
}

/** The reason that hands a command that cannot run to a person. */
export function forAPerson(name: string, missing: string): string {
  return `'${name}' cannot run here: ${missing}. No role can fix that: install what is missing, or correct the command, then request a retry`;
}
