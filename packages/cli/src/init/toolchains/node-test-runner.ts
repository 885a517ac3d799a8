import type { ProposedCommand } from '../toolchain.ts';

export interface NodeTestRunner {
  readonly name: string;
  readonly test: ProposedCommand;
  readonly assumed: readonly string[];
}

/** The test runner among the dependencies, or Node's own. */
export function nodeTestRunner(
  dependencies: ReadonlySet<string>,
  execute: readonly string[],
): NodeTestRunner {
  if (dependencies.has('vitest')) {
    const provider = ['v8', 'istanbul'].some((one) => dependencies.has(`@vitest/coverage-${one}`));
    return {
      name: 'vitest',
      test: {
        argv: [
          ...execute,
          'vitest',
          'run',
          '--coverage',
          '--coverage.reporter=lcov',
          '--coverage.reportsDirectory={reports}',
          '--reporter=default',
          '--reporter=junit',
          '--outputFile.junit={reports}/junit.xml',
        ],
      },
      assumed: provider
        ? []
        : ['@vitest/coverage-v8 is installed: vitest measures coverage with it'],
    };
  }
  if (dependencies.has('jest')) {
    return {
      name: 'jest',
      test: {
        argv: [
          'env',
          'JEST_JUNIT_OUTPUT_FILE={reports}/junit.xml',
          ...execute,
          'jest',
          '--ci',
          '--coverage',
          '--coverageReporters=lcov',
          '--coverageDirectory={reports}',
          '--reporters=default',
          '--reporters=jest-junit',
        ],
      },
      assumed: dependencies.has('jest-junit')
        ? []
        : ['jest-junit is installed: jest writes its JUnit report with it'],
    };
  }
  return {
    name: 'node:test',
    test: {
      argv: [
        'node',
        '--test',
        '--experimental-test-coverage',
        '--test-reporter=junit',
        '--test-reporter-destination={reports}/junit.xml',
        '--test-reporter=lcov',
        '--test-reporter-destination={reports}/lcov.info',
        '--test-reporter=spec',
        '--test-reporter-destination=stdout',
      ],
    },
    assumed: ["tests run with Node's own runner: neither vitest nor jest is a dependency"],
  };
}
