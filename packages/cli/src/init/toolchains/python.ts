import type { ProposedCommand, Recognise, Repository } from '../toolchain.ts';

const FILES = ['pyproject.toml', 'setup.py', 'setup.cfg', 'requirements.txt', 'Pipfile'];

const LEFT_BEHIND = [
  ...['.venv/', '__pycache__/', '*.egg-info/', '.pytest_cache/', '.mypy_cache/', '.ruff_cache/'],
  ...['.coverage', 'build/', 'dist/'],
];

export const recognisePython: Recognise = (repository) => {
  const evidence = FILES.filter((file) => repository.has(file));
  if (evidence.length === 0) return undefined;
  const manager = ['uv', 'poetry'].find((name) => repository.has(`${name}.lock`));
  const run = manager === undefined ? [] : [manager, 'run'];
  const python = manager === undefined ? 'python3' : 'python';
  const settings = [...evidence, 'requirements-dev.txt']
    .map((file) => repository.read(file))
    .join('\n');
  const uses = (tool: string, file: string) => repository.has(file) || settings.includes(tool);
  const checks = [
    ...(uses('ruff', 'ruff.toml') ? [{ name: 'lint', argv: [...run, 'ruff', 'check', '.'] }] : []),
    ...(uses('mypy', 'mypy.ini') ? [{ name: 'types', argv: [...run, 'mypy', '.'] }] : []),
  ];
  const compiles = { name: 'compiles', argv: [...run, python, '-m', 'compileall', '-q', '.'] };
  const install = installOf(manager, repository);
  return {
    name: `Python (${manager ?? 'pip'}, pytest)`,
    evidence: [...evidence, ...(manager === undefined ? [] : [`${manager}.lock`])],
    install,
    test: {
      argv: [
        ...run,
        python,
        '-m',
        'pytest',
        '--junitxml={reports}/junit.xml',
        '--cov=.',
        '--cov-report=xml:{reports}/coverage.xml',
      ],
      coverage: '{reports}/coverage.xml',
    },
    needs: [],
    verify: checks.length === 0 ? [compiles] : checks,
    leavesBehind: LEFT_BEHIND,
    assumed: [
      ...(settings.includes('pytest-cov')
        ? []
        : ['pytest and pytest-cov are installed: they write the reports']),
      ...(install === undefined
        ? [`what ${evidence.join(', ')} asks for is installed: commands.install can see to it`]
        : []),
      ...(manager === undefined ? ['python3 is the one of a virtual environment'] : []),
    ],
  };
};

/** Undefined where there is nothing that pip can install. */
function installOf(
  manager: string | undefined,
  repository: Repository,
): ProposedCommand | undefined {
  if (manager === 'uv') return { argv: ['uv', 'sync', '--frozen'] };
  if (manager === 'poetry') return { argv: ['poetry', 'install', '--no-interaction'] };
  const pip = ['python3', '-m', 'pip', 'install', '--quiet'];
  if (repository.has('requirements.txt')) return { argv: [...pip, '-r', 'requirements.txt'] };
  // A pyproject.toml may be there for the settings of tools alone.
  const isPackage = /^\[(project|build-system|tool\.poetry)\]/m;
  if (!repository.has('setup.py') && !isPackage.test(repository.read('pyproject.toml'))) return;
  return { argv: [...pip, '-e', '.'] };
}
