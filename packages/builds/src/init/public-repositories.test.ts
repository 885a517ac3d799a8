import { describe, expect, it } from 'vitest';
import { proposedFor } from './testing/proposed-for.ts';
import { gapIn } from './toolchain.ts';

const manifest = (
  scripts: Readonly<Record<string, string>>,
  devDependencies: readonly string[],
  more: object = {},
) =>
  JSON.stringify({
    scripts,
    devDependencies: Object.fromEntries(devDependencies.map((name) => [name, '*'])),
    ...more,
  });

const NPX = ['npx', '--no-install'];
const XUNIT = ['--reporter', 'xunit', '--reporter-options', 'output={reports}/junit.xml'];
const INSTALL = 'npm install --no-package-lock';
const tools = (...packages: readonly string[]) =>
  `npm install --no-save --no-package-lock --no-audit --no-fund --prefix .baton-tools ${packages.join(' ')}`;
const tap = (line: string) =>
  `${line} > "$0/tests.tap"; code=$?; cat "$0/tests.tap"; .baton-tools/node_modules/.bin/tap-xunit < "$0/tests.tap" > "$0/junit.xml"; exit $code`;
const c8 = '.baton-tools/node_modules/.bin/c8 --reporter=lcovonly --reports-dir="$0"';
const pytest = (coverage: string) => [
  ...['.venv/bin/python', '-m', 'pytest', '--junitxml={reports}/junit.xml'],
  ...[coverage, '--cov-report=xml:{reports}/coverage.xml'],
];
const VENV = 'python3 -m venv .venv';
const pip = (words: string) => `.venv/bin/python -m pip install --quiet ${words}`;

interface Expected {
  readonly name: string;
  /** The words, or the line of a shell. */
  /** Undefined where another test has it. */
  readonly install: string | undefined;
  readonly test: readonly string[] | string;
  readonly verify?: readonly string[];
}

const KNOWN: readonly (readonly [string, Readonly<Record<string, string>>, Expected])[] = [
  [
    'expressjs/express: mocha, whose coverage another script measures with nyc',
    {
      'package.json': manifest(
        {
          lint: 'eslint .',
          test: 'mocha --require test/support/env --reporter spec --check-leaks test/ test/acceptance/',
          'test-cov':
            'nyc --exclude examples --exclude test --reporter=html --reporter=text npm test',
        },
        ['eslint', 'mocha', 'nyc'],
      ),
    },
    {
      name: 'Node (npm, mocha)',
      install: INSTALL,
      test: [
        ...[...NPX, 'nyc', '--exclude', 'examples', '--exclude', 'test'],
        ...['--reporter=lcovonly', '--report-dir={reports}', 'mocha'],
        ...['--require', 'test/support/env', '--check-leaks', 'test/', 'test/acceptance/'],
        ...XUNIT,
      ],
      verify: ['npm run lint'],
    },
  ],
  [
    'sindresorhus/ky: a linter, a build, then ava',
    {
      'package.json': manifest(
        {
          test: 'xo && npm run build && ava',
          build: 'del-cli distribution && tsc --project tsconfig.dist.json',
        },
        ['ava', 'xo', 'typescript', 'del-cli'],
      ),
    },
    {
      name: 'Node (npm, ava)',
      install: `${INSTALL} && ${tools('c8@10', 'tap-xunit@2')}`,
      test: tap(`npm run build && ${c8} npx --no-install ava --tap`),
      verify: ['npm run build', 'npx --no-install xo'],
    },
  ],
  [
    'chalk/chalk: c8 around ava, and types tested after it',
    { 'package.json': manifest({ test: 'xo && c8 ava && tsd' }, ['ava', 'c8', 'tsd', 'xo']) },
    {
      name: 'Node (npm, ava)',
      install: `${INSTALL} && ${tools('tap-xunit@2')}`,
      test: tap('npx --no-install c8 --reporter=lcovonly --reports-dir="$0" ava --tap'),
      verify: ['npx --no-install xo', 'npx --no-install tsd'],
    },
  ],
  [
    'a user of lukeed/uvu: its files run by Node',
    { 'package.json': manifest({ test: 'uvu -r esm test -i fixtures' }, ['uvu', 'esm']) },
    {
      name: 'Node (npm, uvu)',
      install: `${INSTALL} && ${tools('c8@10')}`,
      test: `env FORCE_COLOR=1 ${c8} node -r esm --test --test-reporter=junit --test-reporter-destination="$0"/junit.xml --test-reporter=spec --test-reporter-destination=stdout $(find test -type f | grep -Evi -e node_modules/ -e '/\\.' -e fixtures | grep -Ei -e '\\.([mc]js|[jt]sx?)$')`,
    },
  ],
  [
    'a user of lukeed/uvu without colours',
    { 'package.json': manifest({ test: 'uvu test --no-color' }, ['uvu']) },
    {
      name: 'Node (npm, uvu)',
      install: undefined,
      test: `${c8} node --test --test-reporter=junit`,
    },
  ],
  [
    'ljharb/qs: tape by way of other scripts, its output piped away',
    {
      'package.json': manifest(
        {
          pretest: 'npm run --silent readme && npm run --silent lint',
          test: 'npm run tests-only',
          'tests-only': "nyc tape 'test/**/*.js' | tap-spec",
          posttest: "npx npm@'>=10.2' audit --production",
          readme: 'evalmd README.md',
          lint: 'eslint --ext=js,mjs .',
          postlint: 'eclint check $(git ls-files | xargs find 2> /dev/null | grep -v dist/)',
        },
        ['eclint', 'eslint', 'evalmd', 'nyc', 'tape'],
      ),
    },
    {
      name: 'Node (npm, tape)',
      install: `${INSTALL} && ${tools('tap-xunit@2')}`,
      test: tap(`npx --no-install nyc --reporter=lcovonly --report-dir="$0" tape 'test/**/*.js'`),
      verify: ['npm run lint', 'npm run --silent readme'],
    },
  ],
  [
    'vuejs/core: vitest in a workspace of pnpm',
    {
      'package.json': manifest(
        { test: 'vitest', lint: 'eslint --cache .', check: 'tsc --incremental --noEmit' },
        ['vitest', '@vitest/coverage-v8', 'eslint'],
        { packageManager: 'pnpm@10.30.2' },
      ),
      'pnpm-lock.yaml': '',
      'pnpm-workspace.yaml': "packages:\n  - 'packages/*'\n",
      'packages/vue/package.json': '{"name":"vue"}',
    },
    {
      name: 'Node (pnpm, vitest)',
      install: 'pnpm install --frozen-lockfile',
      test: [
        ...['pnpm', 'exec', 'vitest', 'run', '--coverage', '--coverage.reporter=lcov'],
        ...['--coverage.reportsDirectory={reports}', '--reporter=default', '--reporter=junit'],
        '--outputFile.junit={reports}/junit.xml',
      ],
      verify: ['pnpm run lint'],
    },
  ],
  [
    'yargs/yargs: c8 around mocha, and a build before it',
    {
      'package.json': manifest(
        {
          check: "standardx './*.ts'",
          pretest: 'npm run compile -- -p tsconfig.test.json',
          test: 'c8 mocha ./test/*.cjs --require ./test/before.cjs --timeout=12000',
          posttest: 'npm run check',
          compile: 'rimraf build && tsc',
        },
        ['c8', 'mocha', 'standardx', 'typescript', 'rimraf'],
      ),
    },
    {
      name: 'Node (npm, mocha)',
      install: INSTALL,
      test: `npm run compile -- -p tsconfig.test.json && npx --no-install c8 --reporter=lcovonly --reports-dir="$0" mocha ./test/*.cjs --require ./test/before.cjs --timeout=12000 --reporter xunit --reporter-options output="$0"/junit.xml`,
      verify: ['npm run check'],
    },
  ],
  [
    'fastify/fastify: tap by another script, between a linter that is piped and a check of types',
    {
      'package.json': manifest(
        {
          lint: 'standard | snazzy && npm run lint:typescript',
          'lint:typescript': 'standard --parser typescript-eslint-parser test/types/*.ts',
          unit: 'tap -j4 test/*.test.js test/*/*.test.js',
          typescript: 'tsc --project ./test/types/tsconfig.json',
          test: 'npm run lint && npm run unit && npm run typescript',
        },
        [],
        { devDependencies: { tap: '^12.0.0', standard: '11', typescript: '2' } },
      ),
    },
    {
      name: 'Node (npm, tap)',
      install: INSTALL,
      test: `npx --no-install tap -j4 test/*.test.js test/*/*.test.js --coverage-report=lcovonly --cov --reporter=xunit > "$0/junit.xml"; code=$?; cp coverage/lcov.info "$0/lcov.info"; exit $code`,
      verify: ['npm run lint'],
    },
  ],
  [
    'one with tap 21 and no files named',
    { 'package.json': manifest({ test: 'tap' }, [], { devDependencies: { tap: '^21.0.0' } }) },
    {
      name: 'Node (npm, tap)',
      install: INSTALL,
      test: 'npx --no-install tap --coverage-report=lcovonly --reporter=junit --reporter-file="$0"/junit.xml; code=$?; cp .tap/report/lcov.info',
    },
  ],
  [
    'pallets/click: uv with a group for tests',
    {
      'uv.lock': '',
      'pyproject.toml':
        '[project]\nname = "click"\n\n[dependency-groups]\ndev = [\n    "ruff",\n]\ntests = [\n    "pytest",\n]\n\n[build-system]\nrequires = ["flit_core"]\n\n[tool.coverage.run]\nbranch = true\nsource = ["click", "tests"]\n\n[tool.mypy]\nfiles = ["src"]\n',
      'src/click/__init__.py': '',
    },
    {
      name: 'Python (uv, pytest)',
      install:
        'uv sync --frozen --group dev --group tests && uv pip install --quiet --python .venv/bin/python pytest pytest-cov ruff mypy',
      test: pytest('--cov'),
      verify: ['.venv/bin/python -m ruff check .', '.venv/bin/python -m mypy'],
    },
  ],
  [
    'pytoolz/toolz: what tox installs, which has pytest',
    {
      'pyproject.toml': '[project]\nname = "toolz"\n\n[tool.coverage.run]\nsource = ["toolz"]\n',
      'tox.ini': '[testenv]\ndeps = pytest\ncommands = py.test {posargs}\n',
    },
    {
      name: 'Python (pip, pytest)',
      install: `${VENV} && ${pip('-e . pytest pytest-cov')}`,
      test: pytest('--cov'),
    },
  ],
  [
    'an extra for tests',
    {
      'pyproject.toml':
        '[project]\nname = "toolz"\n\n[project.optional-dependencies]\ndocs = ["sphinx"]\ntest = [\n  "pytest>=6.0",\n]\n\n[tool.coverage.run]\nsource = ["toolz"]\n',
    },
    {
      name: 'Python (pip, pytest)',
      install: `${VENV} && ${pip("-e '.[test]' pytest pytest-cov")}`,
      test: pytest('--cov'),
      verify: ['.venv/bin/python -m compileall -q -x \\.venv .'],
    },
  ],
  [
    'spf13/cobra: Go, its JUnit report by a gotestsum that the install fetches',
    { 'go.mod': 'module github.com/spf13/cobra\n\ngo 1.15\n' },
    {
      name: 'Go (go modules, gotestsum)',
      install: `go mod download && sh -c 'GOBIN="$PWD/.baton-tools/bin" go install gotest.tools/gotestsum@v1.13.0'`,
      test: '.baton-tools/bin/gotestsum --junitfile "$0/junit.xml" -- -coverprofile="$0/cover.out" ./...; code=$?; awk',
      verify: ['go vet ./...'],
    },
  ],
  [
    'a crate with a profile of nextest for its report',
    {
      'Cargo.toml': '[package]\nname = "x"\n',
      'Cargo.lock': '',
      '.config/nextest.toml': '[profile.ci.junit]\npath = "junit.xml"\n',
    },
    {
      name: 'Rust (cargo, nextest)',
      install: 'cargo fetch',
      test: 'cargo llvm-cov nextest --profile ci --lcov',
      verify: ['cargo fmt --all --check'],
    },
  ],
  [
    'a user of jasmine: its specs are not what is covered',
    { 'package.json': manifest({ test: 'jasmine --random=false' }, ['jasmine']) },
    {
      name: 'Node (npm, jasmine)',
      install: undefined,
      test: [
        ...['env', 'BATON_REPORTS={reports}', '.baton-tools/node_modules/.bin/c8'],
        ...['--reporter=lcovonly', '--reports-dir={reports}'],
        ...['--exclude=spec/**', '--exclude=**/*[sS]pec.*', '--exclude=.baton-tools/**'],
        ...['npx', '--no-install', 'jasmine'],
        ...['--random=false', '--reporter=./.baton-tools/jasmine.cjs'],
      ],
    },
  ],
];

const lineOf = (argv: readonly string[]) => (argv[0] === 'sh' ? (argv[2] ?? '') : argv.join(' '));

describe('what is proposed for a repository like', () => {
  it.each(KNOWN)('%s', async (_, files, { name, install, test, verify = [] }) => {
    const proposed = await proposedFor(files, { PATH: '/nowhere' });
    expect(proposed?.name).toBe(name);
    const installs = proposed?.install === undefined ? undefined : lineOf(proposed.install.argv);
    if (install !== undefined) expect(installs).toBe(install);
    const argv = proposed?.test.argv ?? [];
    if (typeof test === 'string') expect(lineOf(argv).slice(0, test.length)).toBe(test);
    else expect(argv).toEqual(test);
    const checks = proposed?.verify.map((one) => one.argv.join(' ')) ?? [];
    for (const check of verify) expect(checks).toContainEqual(check);
  });
});

it('names each check once, by its script, however the script test calls it, and builds last', async () => {
  const files = {
    'package.json': manifest(
      {
        test: 'pnpm lint && pnpm run --silent readme && vitest run',
        lint: 'eslint .',
        readme: 'evalmd README.md',
        posttest: 'eclint check $(git ls-files)',
        build: 'rollup -c',
      },
      ['vitest', '@vitest/coverage-v8', 'eslint', 'evalmd', 'eclint'],
      { packageManager: 'pnpm@10.28.0' },
    ),
  };
  const proposed = await proposedFor(files, { PATH: '/nowhere' });
  expect(proposed?.verify.map(({ name, argv }) => `${name}: ${argv.join(' ')}`)).toEqual([
    'lint: pnpm run lint',
    'readme: pnpm run --silent readme',
    'posttest: npm run posttest',
    'build: pnpm run build',
  ]);
});

const GAPS: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
  [
    'jquery/jquery: grunt and karma',
    {
      'package.json': manifest(
        {
          test: 'npm run test:slim && grunt && grunt karma:main',
          'test:slim': 'grunt test:prepare && grunt karma:main',
        },
        ['grunt', 'karma', 'qunit'],
      ),
    },
    'the script test runs tests 4 times (grunt test:prepare; grunt karma:main; grunt; grunt karma:main)',
  ],
  [
    'one with karma alone',
    { 'package.json': manifest({ test: 'karma start --single-run' }, ['karma']) },
    'karma runs the tests, from which no reports can be had as it is',
  ],
  [
    'one with playwright',
    { 'package.json': manifest({ test: 'npx playwright test' }, ['@playwright/test']) },
    'playwright runs the tests',
  ],
  [
    'a workspace whose packages have tests of their own',
    {
      'package.json': manifest({ test: 'pnpm -r test' }, [], { packageManager: 'pnpm@9.0.0' }),
      'pnpm-workspace.yaml': 'packages:\n  # all\n  - "packages/**"\n  - "!packages/old"\n',
      'packages/a/package.json': manifest({ test: 'vitest' }, ['vitest']),
      'packages/old/package.json': manifest({ test: 'tape' }, ['tape']),
      'other/package.json': manifest({ test: 'mocha' }, ['mocha']),
    },
    'the script test runs those of packages/a (vitest), each with reports of its own',
  ],
  [
    'one with vitest, but nothing that measures',
    { 'package.json': manifest({ test: 'vitest' }, ['vitest']), 'pnpm-lock.yaml': '' },
    'pnpm add --save-dev @vitest/coverage-v8',
  ],
  ...['mocha $FILES', 'eslint $(git ls-files) && mocha $FILES', 'eslint $(mocha --list)'].map(
    (test): (typeof GAPS)[number] => [
      `one with a script for a shell: ${test}`,
      { 'package.json': manifest({ test }, ['mocha', 'eslint']) },
      'is for a shell alone',
    ],
  ),
  [
    'one with a script of its own',
    { 'package.json': manifest({ test: 'node scripts/run.js' }, []) },
    'runs no test runner that is known',
  ],
  [
    'one without tests',
    { 'package.json': manifest({ test: 'echo "Error: no test specified" && exit 1' }, []) },
    'no script test',
  ],
  [
    'BurntSushi/ripgrep: cargo alone',
    { 'Cargo.toml': '[workspace]\nmembers = ["crates/cli"]\n', 'Cargo.lock': '' },
    'put [profile.ci.junit] with path = "junit.xml" into .config/nextest.toml',
  ],
  [
    'isaacs/node-glob: an old tap, with no files named',
    { 'package.json': manifest({ test: 'tap' }, [], { devDependencies: { tap: '^15.0.6' } }) },
    'name the files in the script test',
  ],
  ['one with Maven alone', { 'pom.xml': '' }, 'pom.xml has no jacoco-maven-plugin'],
  [
    'one with Gradle alone',
    { 'build.gradle': '' },
    'build.gradle does not apply the plugin jacoco',
  ],
  ['one with Django', { 'manage.py': '', 'requirements.txt': 'django\n' }, 'pytest-django'],
  [
    'one with rspec alone',
    { Gemfile: "gem 'rspec'\n", '.rspec': '' },
    'rspec_junit_formatter, simplecov, simplecov-lcov',
  ],
  [
    'one with .NET',
    { 'a/a.csproj': '<PackageReference Include="Microsoft.NET.Test.Sdk" />' },
    'dotnet add a/a.csproj package JunitXml.TestLogger',
  ],
];

describe('what is a gap, and says what is missing, for', () => {
  it.each(GAPS)('%s', async (_, files, missing) => {
    const proposed = await proposedFor(files, { PATH: '/nowhere' });
    expect(gapIn(proposed?.test.argv ?? [])).toContain(missing);
  });
});
