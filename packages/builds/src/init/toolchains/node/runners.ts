import { TOOLS } from '../../toolchain.ts';
import { type Plan, type Runner, withoutOptions } from './runner.ts';
import { uvu } from './uvu.ts';
import { jest, vitest } from './vitest-and-jest.ts';

// The plural is what mocha knew before version 6, and knows still.
const XUNIT = ['--reporter', 'xunit', '--reporter-options', 'output={reports}/junit.xml'];

/** Reads TAP and writes JUnit, with what is yet to be done as skipped. */
const FROM_TAP = ['tap-xunit@2'];

const mocha: Runner = {
  name: 'mocha',
  programs: ['mocha', '_mocha', 'ts-mocha'],
  plan: ({ args }) => ({
    args: [
      ...withoutOptions(
        args,
        ['-R', '--reporter', '-O', '--reporter-option', '--reporter-options'],
        ['-w', '--watch'],
      ),
      ...XUNIT,
    ],
    output: 'junit',
    coverage: 'by a wrapper',
  }),
};

const tapPlan = (args: readonly string[]): Plan => ({
  args,
  output: 'tap',
  coverage: 'by a wrapper',
  tools: FROM_TAP,
});

const ava: Runner = {
  name: 'ava',
  programs: ['ava'],
  plan: ({ args }) =>
    tapPlan([
      ...withoutOptions(args, [], ['-t', '--tap', '-w', '--watch', '-v', '--verbose']),
      '--tap',
    ]),
};

const tape: Runner = {
  name: 'tape',
  programs: ['tape', 'qunit'],
  plan: ({ args }) => tapPlan(args),
};

const tap: Runner = {
  name: 'tap',
  programs: ['tap'],
  plan: ({ args }, { dependencies }) => {
    const valued = ['-R', '--reporter', '--reporter-file', '--coverage-report'];
    const flags = ['--cov', '--coverage', '-w', '--watch', '--no-coverage'];
    const kept = [...withoutOptions(args, valued, flags), '--coverage-report=lcovonly'];
    const major = Number(/\d+/.exec(dependencies.get('tap') ?? '')?.[0] ?? 18);
    if (major >= 18) {
      const junit = ['--reporter=junit', '--reporter-file={reports}/junit.xml'];
      const lcov = '.tap/report/lcov.info';
      return { args: [...kept, ...junit], output: 'junit', coverage: 'own', lcov };
    }
    if (kept.every((one) => one.startsWith('-'))) {
      return `tap before 18 reads its tests from stdin where no terminal is there, and none of them runs: name the files in the script test, commit it, and run baton init --force`;
    }
    // Coverage that is measured, and held to 100 % by default from 15 on.
    const measured = major >= 15 ? ['--no-check-coverage'] : ['--cov'];
    return {
      args: [...kept, ...measured, '--reporter=xunit'],
      output: 'junit on stdout',
      coverage: 'own',
      lcov: 'coverage/lcov.info',
    };
  },
};

const JASMINE_REPORTER = `const { JUnitXmlReporter } = require("jasmine-reporters"); module.exports = function () { return new JUnitXmlReporter({ savePath: process.env.BATON_REPORTS, filePrefix: "junit", consolidateAll: true }); };`;

const jasmine: Runner = {
  name: 'jasmine',
  programs: ['jasmine', 'jasmine-ts'],
  plan: ({ args }) => ({
    args: [...withoutOptions(args, ['--reporter']), `--reporter=./${TOOLS}/jasmine.cjs`],
    env: { BATON_REPORTS: '{reports}' },
    output: 'junit',
    coverage: 'by a wrapper',
    tests: ['spec/**', '**/*[sS]pec.*', `${TOOLS}/**`],
    tools: ['jasmine-reporters@2'],
    setup: [['sh', '-c', `echo '${JASMINE_REPORTER}' > ${TOOLS}/jasmine.cjs`]],
  }),
};

const NODE_REPORTS = [
  ...['--test-reporter=junit', '--test-reporter-destination={reports}/junit.xml'],
  ...['--test-reporter=lcov', '--test-reporter-destination={reports}/lcov.info'],
  ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
];

export const nodeTest: Runner = {
  name: 'node:test',
  programs: [],
  plan: ({ launcher, args }) => {
    const valued = ['--test-reporter', '--test-reporter-destination'];
    const flags = ['--test', '--watch', '--experimental-test-coverage'];
    return {
      launcher: [...launcher, '--test', '--experimental-test-coverage', ...NODE_REPORTS],
      args: withoutOptions(args, valued, flags),
      output: 'junit',
      coverage: 'own',
    };
  },
};

/** A file of the repository that runs its tests when it is run, and prints TAP. */
export const fileOfTape: Runner = { ...tape, name: 'tape', programs: [] };

/** In the order in which they are looked for among the dependencies, where no script tells. */
export const RUNNERS: readonly Runner[] = [vitest, jest, mocha, ava, tap, jasmine, tape, uvu];
