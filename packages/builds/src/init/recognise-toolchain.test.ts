import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { proposeWorkspace } from './propose-workspace.ts';
import { recogniseToolchains } from './read-repository.ts';
import { repositoryOf } from './testing/proposed-for.ts';

/** What is proposed for a repository of these files. */
async function proposed(files: Readonly<Record<string, string>>) {
  const folder = repositoryOf(files);
  const toolchains = await recogniseToolchains(folder, {});
  const { ignored } = await proposeWorkspace(folder, toolchains, 'baton.config.json');
  const [chosen] = toolchains;
  return { install: chosen?.install?.argv, assumed: chosen?.assumed ?? [], ignored };
}

const NODE = JSON.stringify({ dependencies: { zod: '4' } });

/** A role that must not change files is refused when it leaves a file that git does not ignore. */
describe('what is proposed without a lockfile', () => {
  it('has npm write none, and keep to the one that there is', async () => {
    const { install } = await proposed({ 'package.json': NODE });
    expect(install).toEqual(['npm', 'install', '--no-package-lock']);
    for (const lockfile of ['package-lock.json', 'npm-shrinkwrap.json']) {
      const locked = await proposed({ 'package.json': NODE, [lockfile]: '{}' });
      expect(locked.install).toEqual(['npm', 'ci']);
    }
  });

  it('ignores the one that cargo writes, but not one that is part of the repository', async () => {
    const { ignored } = await proposed({ 'Cargo.toml': '' });
    expect(ignored).toEqual(['target/', 'Cargo.lock']);
    const locked = await proposed({ 'Cargo.toml': '', 'Cargo.lock': '' });
    expect(locked.ignored).toEqual(['target/']);
  });
});

const lineOf = (argv: readonly string[] = []) => (argv[0] === 'sh' ? argv[2] : argv.join(' '));
const VENV = 'python3 -m venv .venv && ';
const PIP = '.venv/bin/python -m pip install --quiet ';

/** Baton installs nothing into the user's own environment. */
describe('what is proposed for Python', () => {
  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['requirements', { 'requirements.txt': '' }, `${PIP}-r requirements.txt pytest pytest-cov`],
    [
      'requirements for tests',
      { 'setup.py': '', 'requirements/test.txt': '', 'requirements/docs.txt': '' },
      `${PIP}-r requirements/test.txt -e . pytest pytest-cov`,
    ],
    [
      'extras of setup.py',
      { 'setup.py': 'setup(extras_require={"doc": ["x"], "tests": ["y"]})' },
      `${PIP}-e '.[tests]' pytest pytest-cov`,
    ],
    [
      'extras of setup.cfg',
      { 'setup.py': '', 'setup.cfg': '[options.extras_require]\ntesting =\n    pytest\n' },
      `${PIP}-e '.[testing]' pytest pytest-cov`,
    ],
    [
      'groups',
      { 'pyproject.toml': '[project]\nname = "x"\n[dependency-groups]\ntest = ["pytest"]\n' },
      `${PIP}--upgrade 'pip>=25.1' && ${PIP}--group test -e . pytest pytest-cov`,
    ],
    [
      'packages of tox',
      { 'tox.ini': '[testenv]\ndeps =\n  six>=1.0\n  py39: old\n  -r{toxinidir}/x.txt\n' },
      `${PIP}'six>=1.0' pytest pytest-cov`,
    ],
    ['tools alone', { 'pyproject.toml': '[tool.ruff]\n' }, `${PIP}pytest pytest-cov ruff`],
    [
      'poetry',
      { 'pyproject.toml': '[tool.poetry]\n', 'poetry.lock': '' },
      `env POETRY_VIRTUALENVS_IN_PROJECT=true poetry install --no-interaction && ${PIP}pytest pytest-cov`,
    ],
  ])('installs by %s into an environment of its own', async (_, files, commands) => {
    const { install, assumed, ignored } = await proposed(files);
    expect(lineOf(install)).toBe(`${VENV}${commands}`);
    expect(ignored).toContain('.venv/');
    expect(assumed[0]).toContain('no environment of yours changes');
  });

  it('finds sources below src/ that are no package', async () => {
    const files = { 'requirements.txt': '', 'src/a.py': '' };
    const [chosen] = await recogniseToolchains(repositoryOf(files), {});
    expect(chosen?.test.argv.slice(0, 3)).toEqual(['env', 'PYTHONPATH=src', '.venv/bin/python']);
  });

  it('says that a Pipfile alone is not read', async () => {
    const { assumed } = await proposed({ Pipfile: '[packages]\nflask = "*"\n' });
    expect(assumed).toContain('commands.install does not read Pipfile: add what it asks for');
  });
});

describe('the package manager', () => {
  const named = (packageManager: string) =>
    JSON.stringify({ packageManager, dependencies: { a: '1' } });

  it.each<[string, Readonly<Record<string, string>>, string]>([
    [
      'field, over a lockfile',
      { 'package.json': named('pnpm@9'), 'yarn.lock': '' },
      'pnpm install --no-lockfile',
    ],
    [
      'field and lockfile',
      { 'package.json': named('pnpm@9'), 'pnpm-lock.yaml': '' },
      'pnpm install --frozen-lockfile',
    ],
    [
      'lockfile of Yarn 1',
      { 'package.json': NODE, 'yarn.lock': '# yarn lockfile v1\n' },
      'yarn install --frozen-lockfile',
    ],
    [
      'lockfile of Yarn 4',
      { 'package.json': NODE, 'yarn.lock': '__metadata:\n  version: 8\n' },
      'yarn install --immutable',
    ],
    [
      'field of Yarn 4',
      { 'package.json': named('yarn@4.1.0'), 'yarn.lock': '' },
      'yarn install --immutable',
    ],
    ['lockfile of Bun', { 'package.json': NODE, 'bun.lock': '' }, 'bun install --frozen-lockfile'],
  ])('is told by the %s', async (_, files, command) => {
    expect(lineOf((await proposed(files)).install)).toBe(command);
  });

  it('that writes a lockfile all the same has it ignored', async () => {
    const { ignored } = await proposed({ 'package.json': named('yarn@4.1.0') });
    expect(ignored).toContain('yarn.lock');
  });
});

describe('a test runner', () => {
  const testedBy = async (test: string, devDependencies: object, files = {}) => {
    const text = JSON.stringify({ scripts: { test }, devDependencies });
    const [chosen] = await recogniseToolchains(
      repositoryOf({ 'package.json': text, ...files }),
      {},
    );
    return {
      name: chosen?.name,
      argv: chosen?.test.argv ?? [],
      install: lineOf(chosen?.install?.argv),
    };
  };

  it('is seen through variables, executors and a path', async () => {
    for (const script of [
      'cross-env NODE_ENV=test npx --yes mocha',
      'NODE_ENV=test ./node_modules/.bin/mocha',
      'NODE_ENV=test node --no-warnings node_modules/mocha/bin/_mocha.js 2>&1 | tee log',
    ]) {
      const { name, argv } = await testedBy(script, { mocha: '*' });
      expect(name).toBe('Node (npm, mocha)');
      expect(argv.slice(0, 2)).toEqual(['env', 'NODE_ENV=test']);
    }
  });

  it('is told by a file that is run by itself', async () => {
    const files = { 'test/index.js': "import test from 'node:test'" };
    const own = await testedBy('node --import tsx test', { tsx: '*' }, files);
    expect(own.argv.slice(0, 4)).toEqual(['node', '--import', 'tsx', '--test']);
    expect(own.argv.at(-1)).toBe('test');
    const tape = await testedBy('node test.js', { tape: '*' }, { 'test.js': '' });
    expect(tape.name).toBe('Node (npm, tape)');
    expect((await testedBy('node test.js', {}, { 'test.js': '' })).argv[0]).toContain(
      'GAP: node test.js',
    );
  });

  it("may need a reporter that is no dependency, or has jest's", async () => {
    const without = await testedBy('react-scripts test', { 'react-scripts': '*' });
    expect(without.install).toContain('--prefix .baton-tools jest-junit@16');
    expect(without.argv).toContain('--reporters=<rootDir>/.baton-tools/node_modules/jest-junit');
    const has = await testedBy('jest --watch', { jest: '*', 'jest-junit': '*' });
    expect(has.install).toBe('npm install --no-package-lock');
    expect(has.argv).toContain('--reporters=jest-junit');
    expect(has.argv).not.toContain('--watch');
  });

  it('keeps words in braces from being placeholders', async () => {
    const { argv } = await testedBy("mocha 'test/{unit}/*.js'", { mocha: '*' });
    expect(argv).toContain('test/{{unit}}/*.js');
  });

  it('may be had by a file of its own, which the install writes', async () => {
    const { install } = await testedBy('jasmine', { jasmine: '*' });
    expect(install).toContain('--prefix .baton-tools c8@10 jasmine-reporters@2 && sh -c ');
    expect(install).toContain('> .baton-tools/jasmine.cjs');
  });

  it('is not looked for in scripts that call each other', async () => {
    expect((await testedBy('npm test', { mocha: '*' })).argv[0]).toContain('GAP: ');
  });
});

/** A build has what is committed. */
describe('of several lockfiles', () => {
  const DEPENDENT = { 'package.json': NODE };

  it.each([
    ['package-lock.json', 'pnpm-lock.yaml', ['npm', 'ci']],
    ['yarn.lock', 'pnpm-lock.yaml', ['yarn', 'install', '--frozen-lockfile']],
  ])('takes %s, which is committed, and not %s', async (committed, lying, argv) => {
    const folder = repositoryOf({ ...DEPENDENT, [committed]: '{}' });
    writeFileSync(join(folder, lying), '');
    const [chosen] = await recogniseToolchains(folder, {});
    expect(chosen?.install?.argv).toEqual(argv);
    expect(chosen?.evidence).toContain(committed);
    expect(chosen?.assumed).toContain(
      `${argv[0]} installs from ${committed}: ${lying} is not committed, so builds do not have it`,
    );
  });

  it('says that there are two where both are committed', async () => {
    const files = { ...DEPENDENT, 'package-lock.json': '{}', 'pnpm-lock.yaml': '' };
    const { install, assumed } = await proposed(files);
    expect(install).toEqual(['pnpm', 'install', '--frozen-lockfile']);
    expect(assumed).toContain(
      'pnpm installs from pnpm-lock.yaml, and package-lock.json is committed, too: remove what is not used',
    );
  });

  it.each([
    ['package-lock.json', DEPENDENT, ['npm', 'install', '--no-package-lock']],
    ['poetry.lock', { 'pyproject.toml': '' }, undefined],
    ['Cargo.lock', { 'Cargo.toml': '' }, ['cargo', 'fetch']],
  ])('counts none that is ignored: %s', async (lockfile, files, argv) => {
    const folder = repositoryOf({ ...files, '.gitignore': lockfile });
    writeFileSync(join(folder, lockfile), '{}');
    const [chosen] = await recogniseToolchains(folder, {});
    expect(chosen?.evidence.join()).not.toContain(lockfile);
    if (argv !== undefined) expect(chosen?.install?.argv).toEqual(argv);
  });
});
