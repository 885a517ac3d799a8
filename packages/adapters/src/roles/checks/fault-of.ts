import { posix } from 'node:path';
import type { Outcome, RoleContext, Workspace } from '@baton/core';
import { matchPaths } from '../../git/match-paths.ts';
import { hinderedText } from '../../process/hindered.ts';
import { nameFiles } from '../review/outcome-review.ts';
import type { BaselineStep } from './baseline.ts';
import { type CheckCommand, expand } from './check-command.ts';
import { missingTool } from './missing-tool.ts';
import type { JudgeRun } from './run-judge.ts';

export interface FaultCircumstances {
  readonly context: Pick<RoleContext, 'workspace'>;
  /** What the command did at the baseline; undefined: unknown. */
  readonly before: BaselineStep | undefined;
  /** Whether no report shows that the command did its work. */
  readonly unjudged: boolean;
}

/**
 * The outcome of a run that failed because of its tools instead of the files: it fails the attempt, so that a
 * person looks, unless the build removed the tools. Undefined: the failure is about the files.
 */
export async function faultOf(
  command: CheckCommand,
  run: JudgeRun,
  { context, before, unjudged }: FaultCircumstances,
): Promise<Outcome | undefined> {
  const { name, notStarted, details } = run;
  if (run.changedFiles && before !== undefined && before.changedFiles.length > 0) {
    const files = nameFiles(run.changed.length > 0 ? run.changed : before.changedFiles);
    const advice = 'have it leave tracked files alone, or accept them with workspace.generated';
    return {
      kind: 'fail',
      reason: `'${name}' changes files, as it did before the build: ${files}. No role can fix that: ${advice}, then request a retry`,
    };
  }
  if (run.changedFiles && run.putBack.length > 0 && (before?.putBack.length ?? 0) > 0) {
    const advice = 'have it leave them alone, or accept them with patterns in workspace.generated';
    return {
      kind: 'fail',
      reason: `'${name}' writes files, their modes or their names, and puts them back, as it did before the build: ${nameFiles(run.putBack)}. No role can fix that: ${advice}, then request a retry`,
    };
  }
  const missing = notStarted ?? (unjudged && !run.timedOut ? missingTool(run) : undefined);
  if (missing === undefined) return unreportedAsBefore(command, run, { context, before, unjudged });
  const circumstances = { before, notStarted: notStarted !== undefined };
  const why = await takenAwayByBuild(command, context.workspace, circumstances);
  if (why === undefined) {
    const hindered = run.hindered === undefined ? '' : `; ${hinderedText(run.hindered)}`;
    return { kind: 'fail', reason: `${forAPerson(name, missing)}${hindered}` };
  }
  const reason = `'${name}' can no longer run: ${missing}; ${why}`;
  return { kind: 'request_retry', reason, details, targetState: 'implementation' };
}

/**
 * Fails the attempt when the tests pass without a report, as they did before the build: no role can fix
 * the command that runs them.
 */
async function unreportedAsBefore(
  command: CheckCommand,
  { name, ending }: JudgeRun,
  { context: { workspace }, before, unjudged }: FaultCircumstances,
): Promise<Outcome | undefined> {
  if (!unjudged || ending !== undefined || workspace === undefined) return undefined;
  if (before?.reportProblem === undefined || before.failure !== undefined) return undefined;
  if ((await changedManifests(command, workspace)).length > 0) return undefined;
  const problem = `'${name}' passes and leaves no test report, as it did before the build: ${before.reportProblem}`;
  const advice =
    'have the command write JUnit XML where the configuration says, then request a retry';
  return { kind: 'fail', reason: `${problem}. No role can fix that: ${advice}` };
}

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
async function takenAwayByBuild(
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
function forAPerson(name: string, missing: string): string {
  return `'${name}' cannot run here: ${missing}. No role can fix that: install what is missing, or correct the command, then request a retry`;
}

/** Separators in an argument that holds several paths, such as `--import=./a.js` or `a && b`. */
const BETWEEN = /[\s"'`=:,;|&()<>{}$@]+/;

/**
 * The paths in the workspace that commands may name in their argv: as they are, or after `./`, `{workspace}/`
 * or an option, anywhere in an argument. The result also contains words that are no paths. It omits the
 * workspace itself, which would match everything.
 *
 * @param workspace its path.
 */
export function namedPlaces(
  commands: readonly CheckCommand[],
  workspace: string,
): ReadonlySet<string> {
  const root = `${workspace}/`;
  const texts = commands
    .flatMap(({ argv }) => argv.map((one) => expand(one, { reports: '', workspace })))
    .flatMap((text) => [text, text.slice(text.indexOf('=') + 1), ...text.split(BETWEEN)])
    // `-Ichecks`
    .flatMap((text) => [text, text.replace(/^-[a-z]/i, '')]);
  const places = texts.map((text) => {
    const path = posix.normalize(text).replace(/\/$/, '');
    return path.startsWith(root) ? path.slice(root.length) : path;
  });
  return new Set(places.filter((place) => place !== '.' && place !== ''));
}

/** How a place names a file: by its path, with or without the extension, or by a folder that contains it. */
export function namingOf(places: ReadonlySet<string>, file: string): 'file' | 'folder' | undefined {
  const { dir, name } = posix.parse(file);
  if (places.has(file) || places.has(posix.join(dir, name))) return 'file';
  for (let folder = dir; folder !== ''; folder = posix.parse(folder).dir) {
    if (places.has(folder)) return 'folder';
  }
  return undefined;
}
