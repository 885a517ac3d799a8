import { posix } from 'node:path';
import type { RoleContext } from '@baton/core';
import { matchPaths } from '../../workspace/match-paths.ts';
import { nameFiles } from '../review/name-files.ts';
import type { CheckCommand } from './check-command.ts';

/**
 * Files that decide what a green run means, in the syntax of `.gitignore`: tests, what configures
 * tests and checks, CI, and the manifests that say what the commands run. docs/configuration.md has
 * the same list.
 */
const CHECK_FILES: readonly string[] = [
  ...['test/', 'tests/', '__tests__/', '__snapshots__/', 'spec/', 'e2e/', 'testdata/'],
  ...['*.test.*', '*.spec.*', '*_test.*', '*_spec.*', 'test_*.py', 'conftest.py', '*Test.*'],
  ...['*Tests.*', '*.config.*', '.*rc', '.*rc.*', '*.ini', 'setup.cfg', '.golangci.*'],
  ...['tsconfig*.json', 'biome.json*', 'ruff.toml', '.config/'],
  ...[
    '.github/',
    '.gitlab-ci.yml',
    '.gitlab/',
    '.circleci/',
    '.buildkite/',
    '.woodpecker*',
    '.ci/',
  ],
  ...['Jenkinsfile', 'azure-pipelines*', 'bitbucket-pipelines.yml', '.travis.yml', '.drone.yml'],
  ...['package.json', 'Makefile', 'justfile', 'Taskfile.*', 'Rakefile', 'pyproject.toml'],
  ...['setup.py', 'noxfile.py', 'Cargo.toml', 'build.rs', 'pom.xml', '*.gradle', '*.gradle.kts'],
];

/**
 * Notes as `checks_changed` which files that decide the verdict differ from those that the build
 * began with, those that the commands themselves name included: who trusts a green run must see
 * that the tests are others. That is no objection, for most builds write tests.
 */
export async function noteChangedChecks(
  { workspace, note }: Pick<RoleContext, 'workspace' | 'note'>,
  commands: readonly CheckCommand[],
): Promise<void> {
  const changed = (await workspace?.changedFiles('start')) ?? [];
  const run = new Set(commands.flatMap(({ argv }) => argv.map((one) => posix.normalize(one))));
  const alike = new Set(await matchPaths(CHECK_FILES, changed));
  const files = changed.filter((path) => run.has(path) || alike.has(path));
  if (files.length === 0) return;
  const message = `tests, checks or files that their commands name differ from how the build began: ${nameFiles(files)}`;
  note({ code: 'checks_changed', message });
}
