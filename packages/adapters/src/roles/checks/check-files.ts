import { TEST_FILES } from './test-files.ts';

/**
 * Files that decide what a green run means, in the syntax of `.gitignore`: tests, what configures
 * tests and checks, CI, the manifests that say what commands do, and the lockfiles that say with
 * what. docs/configuration.md has the same list.
 */
export const CHECK_FILES: readonly string[] = [
  ...TEST_FILES,
  ...['*.config.*', '.*rc', '.*rc.*', '*.ini', 'setup.cfg', '.golangci.*'],
  ...['tsconfig*.json', 'biome.json*', 'ruff.toml', '.config/', '.rspec', 'phpunit.xml*'],
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
  ...['deno.json*', 'nx.json', 'turbo.json', 'pnpm-workspace.yaml', '.pnpmfile.*', 'go.mod'],
  ...['go.work', 'Gemfile', 'Pipfile', 'requirements*.txt', 'composer.json', 'mix.exs'],
  ...['CMakeLists.txt', 'CMakePresets.json', '*.cmake', 'meson.build', 'BUILD.bazel'],
  ...['MODULE.bazel', '*.bzl', '*.csproj', '*.sln', 'Directory.Build.*', 'build.sbt'],
  ...['mvnw', '.mvn/', 'gradlew', 'gradle/', 'gradle.properties'],
  ...[
    'package-lock.json',
    'npm-shrinkwrap.json',
    'pnpm-lock.yaml',
    '*.lock',
    'bun.lockb',
    'go.sum',
  ],
];
