import type { Repository } from '../../toolchain.ts';
import type { Launched } from './launched.ts';

/** What a runner is seen by. */
export interface Surroundings {
  readonly repository: Repository;
  readonly dependencies: ReadonlyMap<string, string>;
  readonly manager: 'npm' | 'pnpm' | 'yarn' | 'bun';
}

/** How a test runner is had to write its reports. */
export interface Plan {
  readonly launcher?: readonly string[];
  readonly args: readonly string[];
  /** Added to the line as it is, for a shell. */
  readonly fragment?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What it prints or writes: a JUnit report, TAP as its output, or JUnit as its output. */
  readonly output: 'junit' | 'tap' | 'junit on stdout';
  /** Whether it measures coverage itself. */
  readonly coverage: 'own' | 'by a wrapper';
  /** Patterns of its tests, where c8 does not know them from their names: they are not covered. */
  readonly tests?: readonly string[];
  /** Where its report of coverage is, when it cannot be had in the folder for reports. */
  readonly lcov?: string;
  /** Packages of npm that the report needs, and that are no dependencies. */
  readonly tools?: readonly string[];
  /** Commands that an install ends with. */
  readonly setup?: readonly (readonly string[])[];
  readonly assumed?: readonly string[];
}

export interface Runner {
  readonly name: string;
  /** The programs that are it. */
  readonly programs: readonly string[];
  /** @returns text for what is missing where it is of no use. */
  plan(launched: Launched, surroundings: Surroundings): Plan | string;
}

/** What a test command has to do, in words for a gap. */
export const EXPECTED =
  'write a command that runs all tests and writes {reports}/junit.xml and {reports}/lcov.info';
