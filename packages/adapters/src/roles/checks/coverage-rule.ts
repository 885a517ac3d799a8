import { BatonError, type CoverageKind } from '@baton/core';
import { present, type Resolved } from '@baton/core/internal';

/** What the tests have to cover. */
export interface CoverageRule {
  /** Line coverage below which the work goes back, percent, 0 to 100. Default 80. */
  readonly minimum?: number | undefined;
  /**
   * Which lines it is of: all, or the executable ones that the build added or changed since its
   * start, which takes a workspace. Default `all`.
   */
  readonly of?: CoverageKind | undefined;
  /**
   * Files that count neither way, in the syntax of `.gitignore`, beside those that the usual names or
   * the test report show to be tests.
   */
  readonly exclude?: readonly string[] | undefined;
  /** What the minimum is called where it is set, for messages. Default `coverage.minimum`. */
  readonly setting?: string | undefined;
}

const DEFAULTS: Resolved<CoverageRule> = {
  minimum: 80,
  of: 'all',
  exclude: [],
  setting: 'coverage.minimum',
};

/** @throws BatonError `invalid_input` for a minimum that is no percentage. */
export function resolveCoverageRule(rule: CoverageRule = {}): Resolved<CoverageRule> {
  const resolved = { ...DEFAULTS, ...present(rule) };
  const { minimum, setting } = resolved;
  if (minimum >= 0 && minimum <= 100) return resolved;
  throw new BatonError(
    'invalid_input',
    `${setting} is ${minimum}, expected a percentage from 0 to 100`,
  );
}
