import { BatonError, type CoverageKind } from '@baton/core';
import { present, type Resolved } from '@baton/core/internal';

/** The coverage that the tests must reach. */
export interface CoverageRule {
  /** Line coverage in percent, 0 to 100, below which the work is sent back. Default 80. */
  readonly minimum?: number | undefined;
  /**
   * Which lines count: all, or the executable ones that the build added or changed since its start, which
   * needs a workspace. Default `all`.
   */
  readonly of?: CoverageKind | undefined;
  /**
   * Patterns of files that do not count, in the syntax of `.gitignore`. Files that the usual names or the
   * test report identify as tests never count.
   */
  readonly exclude?: readonly string[] | undefined;
  /** Name of the setting for the minimum, used in messages. Default `coverage.minimum`. */
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
