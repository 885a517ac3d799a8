import { TOOLS } from '../../toolchain.ts';
import { EXPECTED, type Runner, withoutOptions } from './runner.ts';

const isCoverage = (arg: string) => /^--(no-)?(coverage|collectCoverage)/.test(arg);

export const vitest: Runner = {
  name: 'vitest',
  programs: ['vitest'],
  plan: ({ args }, { dependencies, manager }) => {
    const provider = ['v8', 'istanbul']
      .map((one) => `@vitest/coverage-${one}`)
      .find((one) => dependencies.has(one));
    // It has to be found from vitest: in another folder, it is not.
    if (provider === undefined && manager !== 'npm') {
      const add = manager === 'yarn' || manager === 'bun' ? 'add --dev' : 'add --save-dev';
      return `vitest measures coverage with @vitest/coverage-v8 only, which is no dependency: ${manager} ${add} @vitest/coverage-v8, commit it, and run baton init --force`;
    }
    const range = dependencies.get('vitest');
    const version = range === undefined || !/^[\^~\d]/.test(range) ? '' : `@${range}`;
    const words = ['run', 'watch', 'dev'];
    const kept = withoutOptions(
      (words.includes(args[0] ?? '') ? args.slice(1) : args).filter((one) => !isCoverage(one)),
      ['--reporter', '--outputFile', '--outputFile.junit'],
      ['--watch', '-w', '--ui', '--run'],
    );
    return {
      args: [
        'run',
        ...kept,
        '--coverage',
        '--coverage.reporter=lcov',
        '--coverage.reportsDirectory={reports}',
        '--reporter=default',
        '--reporter=junit',
        '--outputFile.junit={reports}/junit.xml',
      ],
      output: 'junit',
      coverage: 'own',
      ...(provider === undefined && {
        setup: [['npm', 'install', '--no-save', `@vitest/coverage-v8${version}`]],
        assumed: ['the install adds @vitest/coverage-v8 to node_modules: vitest measures with it'],
      }),
    };
  },
};

export const jest: Runner = {
  name: 'jest',
  programs: ['jest', 'react-scripts', 'craco', 'tsdx'],
  plan: ({ program, args }, { dependencies }) => {
    if (program !== 'jest' && args[0] !== 'test')
      return `${program} ${args[0]} runs no tests: ${EXPECTED}`;
    const junit = dependencies.has('jest-junit');
    const valued = ['--reporters', '--coverageReporters', '--coverageDirectory'];
    const kept = withoutOptions(args, valued, ['--watch', '--watchAll', '--verbose']).filter(
      (one) => !/^--(no-)?(coverage|collectCoverage)$/.test(one),
    );
    return {
      args: [
        ...kept,
        ...(program === 'jest' ? ['--ci'] : ['--watchAll=false']),
        '--coverage',
        '--coverageReporters=lcov',
        '--coverageDirectory={reports}',
        '--reporters=default',
        `--reporters=${junit ? '' : `<rootDir>/${TOOLS}/node_modules/`}jest-junit`,
      ],
      env: { JEST_JUNIT_OUTPUT_FILE: '{reports}/junit.xml' },
      output: 'junit',
      coverage: 'own',
      ...(!junit && { tools: ['jest-junit@16'] }),
    };
  },
};
