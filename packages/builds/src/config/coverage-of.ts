import type { CoverageRule } from '@baton/adapters/checks';
import type { Resolved } from '@baton/core/internal';
import type { CoverageEntry, TestEntry } from './command-schema.ts';
import type { Config } from './load-config.ts';

/** What the configuration says of coverage; a text is short for its report. */
export function coverageOf({ coverage }: TestEntry): Partial<CoverageEntry> {
  return typeof coverage === 'string' ? { report: coverage } : (coverage ?? {});
}

/** What the tests have to cover, and which setting says so. */
export function coverageRuleOf({
  commands,
  coverageThreshold,
}: Pick<Config, 'commands' | 'coverageThreshold'>): Resolved<CoverageRule> {
  const { minimum, of = 'all', exclude = [] } = coverageOf(commands.test);
  const setting = 'commands.test.coverage.minimum';
  return minimum === undefined
    ? { minimum: coverageThreshold ?? 80, of, exclude, setting: `coverageThreshold or ${setting}` }
    : { minimum, of, exclude, setting };
}
