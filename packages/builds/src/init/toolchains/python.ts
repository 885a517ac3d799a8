import { inTurn } from '../shell-line.ts';
import {
  gap,
  lockfilesOf,
  type ProposedTest,
  type Recognise,
  type Repository,
} from '../toolchain.ts';
import { requirementsOf } from './python/requirements-of.ts';

const FILES = ['pyproject.toml', 'setup.py', 'setup.cfg', 'requirements.txt', 'Pipfile', 'tox.ini'];

const LEFT_BEHIND = [
  ...['.venv/', '__pycache__/', '*.egg-info/', '.pytest_cache/', '.mypy_cache/', '.ruff_cache/'],
  ...['.coverage', 'build/', 'dist/'],
];

const STORES = {
  pip: ['~/.cache/pip'],
  uv: ['~/.cache/uv', '~/.local/share/uv'],
  poetry: ['~/.cache/pypoetry', '~/.cache/pip'],
} as const;

/** The build's own environment, in its worktree: the user's is left alone. */
const PYTHON = '.venv/bin/python';
const MAKE_VENV = ['python3', '-m', 'venv', '.venv'];
const PIP = [PYTHON, '-m', 'pip', 'install', '--quiet'];
const FOR_REPORTS = ['pytest', 'pytest-cov'];

export const recognisePython: Recognise = (repository) => {
  const evidence = FILES.filter((file) => repository.has(file));
  if (evidence.length === 0) return undefined;
  const { used } = lockfilesOf(repository, ['uv.lock', 'poetry.lock']);
  const manager = (['uv', 'poetry'] as const).find((name) => used.includes(`${name}.lock`));
  const settings = [...evidence, 'requirements-dev.txt']
    .map((file) => repository.read(file))
    .join('\n');
  const uses = (tool: string, file: string) =>
    repository.has(file) || new RegExp(`\\b${tool}\\b`).test(settings);
  const tools = [
    ...(uses('ruff', 'ruff.toml') ? [{ name: 'lint', program: 'ruff', args: ['check', '.'] }] : []),
    ...(uses('mypy', 'mypy.ini') ? [{ name: 'types', program: 'mypy', args: [] }] : []),
  ];
  const python = (...args: readonly string[]) => [PYTHON, '-m', ...args];
  const names = tools.map(({ program }) => program);
  // What mypy looks at may be said in its settings.
  const hasFiles = /^\s*(files|packages|modules)\s*=/m.test(settings + repository.read('mypy.ini'));
  return {
    name: `Python (${manager ?? 'pip'}, pytest)`,
    evidence: [...evidence, ...(manager === undefined ? [] : [`${manager}.lock`])],
    install: installOf(manager, repository, [...FOR_REPORTS, ...names]),
    test: testOf(repository, settings),
    needs: [],
    verify: [
      ...tools.map(({ name, program, args }) => ({
        name,
        argv: python(program, ...args, ...(program === 'mypy' && !hasFiles ? ['.'] : [])),
      })),
      ...(tools.length === 0
        ? [{ name: 'compiles', argv: python('compileall', '-q', '-x', '\\.venv', '.') }]
        : []),
    ],
    stores: STORES[manager ?? 'pip'],
    leavesBehind: LEFT_BEHIND,
    assumed: [
      `the install makes .venv in the worktree of a build, with ${[...FOR_REPORTS, ...names].join(', ')}: no environment of yours changes`,
      ...(evidence.includes('Pipfile') && evidence.length === 1
        ? ['commands.install does not read Pipfile: add what it asks for']
        : []),
    ],
  };
};

function testOf(repository: Repository, settings: string): ProposedTest {
  if (repository.has('manage.py') && !/pytest[-_]django/.test(settings)) {
    return gap(
      'Django runs the tests by manage.py, which writes no report: add pytest-django to the requirements, or write a command that runs all tests and writes {reports}/junit.xml and {reports}/coverage.xml',
    );
  }
  // Without a package that can be installed, the sources are where their imports look for them.
  const isInstalled = isPackage(repository);
  const fromSrc = !isInstalled && repository.files.some((path) => /^src\/.*\.py$/.test(path));
  const source = /^\s*(source|source_pkgs)\s*=/m.test(coverageSettings(repository))
    ? '--cov'
    : '--cov=.';
  return {
    argv: [
      ...(fromSrc ? ['env', 'PYTHONPATH=src'] : []),
      ...[PYTHON, '-m', 'pytest', '--junitxml={reports}/junit.xml'],
      ...[source, '--cov-report=xml:{reports}/coverage.xml'],
    ],
    coverage: '{reports}/coverage.xml',
  };
}

/** The settings of coverage.py: its own file, or sections of others. */
function coverageSettings(repository: Repository): string {
  const section = /^\[(?:tool\.)?coverage[.:]run\]\n([\s\S]*?)(?=^\[|$(?![\s\S]))/m;
  const [, found = ''] =
    section.exec(`${repository.read('pyproject.toml')}\n`) ??
    section.exec(`${repository.read('setup.cfg')}\n${repository.read('tox.ini')}\n`) ??
    [];
  return `${repository.read('.coveragerc')}\n${found}`;
}

/** A pyproject.toml may be there for the settings of tools alone. */
function isPackage(repository: Repository): boolean {
  const table = /^\[(project|build-system|tool\.poetry)\]/m;
  return repository.has('setup.py') || table.test(repository.read('pyproject.toml'));
}

function installOf(manager: string | undefined, repository: Repository, tools: readonly string[]) {
  const wanted = requirementsOf(repository);
  if (manager === 'uv') {
    const groups = wanted.groups.flatMap((name) => ['--group', name]);
    const extras = wanted.extras.flatMap((name) => ['--extra', name]);
    return inTurn([
      ['uv', 'sync', '--frozen', ...groups, ...extras],
      ['uv', 'pip', 'install', '--quiet', '--python', PYTHON, ...tools],
    ]);
  }
  if (manager === 'poetry') {
    const extras = wanted.extras.flatMap((name) => ['--extras', name]);
    const inProject = ['env', 'POETRY_VIRTUALENVS_IN_PROJECT=true'];
    return inTurn([
      MAKE_VENV,
      [...inProject, 'poetry', 'install', '--no-interaction', ...extras],
      [...PIP, ...tools],
    ]);
  }
  const extras = wanted.extras.length === 0 ? '' : `[${wanted.extras.join(',')}]`;
  const newPip = wanted.groups.length === 0 ? [] : [[...PIP, '--upgrade', 'pip>=25.1']];
  return inTurn([
    MAKE_VENV,
    ...newPip,
    [
      ...PIP,
      ...wanted.files.flatMap((file) => ['-r', file]),
      ...wanted.groups.flatMap((name) => ['--group', name]),
      ...(isPackage(repository) ? ['-e', `.${extras}`] : []),
      ...new Set([...wanted.packages, ...tools]),
    ],
  ]);
}
