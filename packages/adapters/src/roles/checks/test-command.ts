import type { CheckCommand } from './check-command.ts';
import type { CoverageFormat } from './coverage-format.ts';

/** The command that runs all tests with coverage and writes both reports. */
export interface TestCommand extends CheckCommand {
  readonly reports?: {
    /** JUnit XML, below `{reports}/`. Default `{reports}/junit.xml`. */
    readonly junit?: string | undefined;
    /** An lcov tracefile, below `{reports}/`: short for `coverage` with that format. */
    readonly lcov?: string | undefined;
    /** The coverage report, below `{reports}/`. Default `{reports}/lcov.info`. */
    readonly coverage?: string | undefined;
    /**
     * Default: from the file's extension (`.info` lcov, `.json` istanbul, `.xml` cobertura or jacoco, `.out`
     * go).
     */
    readonly coverageFormat?: CoverageFormat | undefined;
  };
}
