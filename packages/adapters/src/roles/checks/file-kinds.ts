import { basename, extname } from 'node:path/posix';

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

/** Patterns of test files by their usual names, in the syntax of `.gitignore`. */
export const TEST_FILES: readonly string[] = [
  ...['test/', 'tests/', '__tests__/', '__snapshots__/', 'spec/', 'e2e/', 'testdata/'],
  ...['*.test.*', '*.spec.*', '*_test.*', '*_spec.*', 'test_*.py', 'conftest.py', '*Test.*'],
  '*Tests.*',
];

/** Extensions of a language and of what compiles to it: a tool that covers one covers the others. */
const KINDS: readonly (readonly string[])[] = [
  ['.js', '.mjs', '.cjs', '.jsx', '.ts', '.mts', '.cts', '.tsx', '.vue', '.svelte', '.coffee'],
  ['.py', '.pyx', '.pyw'],
  ['.java', '.kt', '.kts', '.scala', '.groovy'],
  ['.c', '.cc', '.cpp', '.cxx', '.h', '.hh', '.hpp', '.hxx', '.m', '.mm'],
  ['.cs', '.fs', '.vb'],
  ['.rb', '.rake'],
];

/** TypeScript declarations, which contain nothing to run. */
const DECLARATION = /\.d\.(?:[^./]+\.)?[cm]?ts$/;

const HASH_COMMENTS: ReadonlySet<string> = new Set([
  ...['.py', '.pyx', '.pyw', '.rb', '.rake', '.php', '.pl', '.pm', '.r', '.ex', '.exs', '.jl'],
  ...['.sh', '.bash', '.coffee', '.nim', '.ps1', '.tcl'],
]);
const DASH_COMMENTS: ReadonlySet<string> = new Set(['.lua', '.sql', '.hs', '.elm', '.adb', '.ads']);

const BLANK = /^\s*[{}()[\];,]*\s*$/;
/** A line that holds only a comment. */
const COMMENT = /^\s*(?:\/\/|(?!.*(?:\*\/|-->)\s*\S)(?:\/\*|\*(?:[\s/]|$)|<!--))/;

/**
 * The kind of a source file, equal for files that one tool covers; undefined for files with nothing to run.
 */
export function sourceKind(path: string): string | undefined {
  if (DECLARATION.test(basename(path))) return undefined;
  const ending = extname(path);
  return KINDS.find((kind) => kind.includes(ending))?.[0] ?? ending;
}

/** Whether a line is neither blank, nor brackets, nor a comment, as far as a single line tells. */
export function isCode(line: string, path: string): boolean {
  if (BLANK.test(line) || COMMENT.test(line)) return false;
  const ending = extname(path);
  if (HASH_COMMENTS.has(ending)) return !/^\s*#/.test(line);
  return !(DASH_COMMENTS.has(ending) && /^\s*--/.test(line));
}
