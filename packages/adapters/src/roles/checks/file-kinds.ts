/*
 * Kinds of files by their usual names, in the syntax of `.gitignore`, for people who review what a build
 * changed. Files with other names are listed without a kind.
 */

/** What tests use or compare with. */
export const TEST_SUPPORT: readonly string[] = [
  ...['cypress/', 'features/', '*.feature', '__mocks__/', 'mocks/', '__fixtures__/', 'fixtures/'],
  ...['snapshots/', 'tap-snapshots/', '*.snap', '*.t', '*IT.java', 'setupTests.*', 'spec_helper.*'],
  ...['test-utils.*', 'UnitTest*', 'test.js', 'test.ts', 'tests.rs'],
];

export const CI_FILES: readonly string[] = [
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
  ...[
    'codecov.y*ml',
    'sonar-project.properties',
    '.husky/',
    'lefthook.yml',
    '.pre-commit-config.yaml',
  ],
];

/** Declared and locked dependencies. */
export const DEPENDENCY_FILES: readonly string[] = [
  ...['package.json', 'package.yaml', 'package.json5', 'package-lock.json', 'npm-shrinkwrap.json'],
  ...['*.lock', 'bun.lockb', 'deno.lock', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', '.pnpmfile.*'],
  ...['.npmrc', '.yarnrc*', '.yarn/', '.pnp.*', 'pyproject.toml', 'setup.py', 'requirements*.txt'],
  ...[
    'constraints*.txt',
    'Pipfile',
    'environment.y*ml',
    'pixi.toml',
    'go.mod',
    'go.sum',
    'go.work',
  ],
  ...[
    'Cargo.toml',
    'pom.xml',
    '*.gradle',
    '*.gradle.kts',
    'gradle/',
    'gradle.properties',
    'Gemfile',
  ],
  ...['*.gemspec', 'composer.json', 'mix.exs', '*.csproj', '*.fsproj', 'Directory.*.props'],
  ...['packages.config', 'global.json', 'build.sbt', 'conanfile.*', 'vcpkg.json', '.gitmodules'],
  ...['MODULE.bazel*', 'WORKSPACE', 'rust-toolchain*', '.tool-versions', '.nvmrc', '.*-version'],
];

/** How programs, tests and checks are built and run. */
export const CONFIGURATION_FILES: readonly string[] = [
  ...['.*', '*.config.*', '*.conf.*', '*.setup.*', '*.workspace.*', '*.ini', '*.cfg', '*.toml'],
  ...['*.y*ml', '*.json', '*.neon', '*.properties', '*.mk', '*.cmake', '*.bzl', '*.nix', '*.sln'],
  ...['*.xml', '*.xml.dist', 'Makefile*', 'GNUmakefile', 'justfile', 'Taskfile.*', 'Rakefile'],
  ...['gulpfile.*', 'Gruntfile.*', 'webpack.*', 'jest-preset.*', 'cucumber.*', 'noxfile.py'],
  ...['build.rs', 'CMakeLists.txt', 'meson.build', 'BUILD', 'BUILD.bazel', 'dune', 'Vagrantfile'],
  ...['Dockerfile*', 'docker-compose*', 'Directory.Build.*', 'mvnw', '.mvn/', 'gradlew'],
];
