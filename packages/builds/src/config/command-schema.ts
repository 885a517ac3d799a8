import { COVERAGE_FORMATS } from '@baton/adapters/checks';
import { coverageKind } from '@baton/core/internal';
import { z } from 'zod';
import { argv, text, timeoutSeconds } from './argv-schema.ts';
import { commandSandbox as sandbox } from './sandbox-schema.ts';

const namedCommands = z
  .array(z.strictObject({ name: text, argv, timeoutSeconds, sandbox }))
  .min(1)
  .superRefine((commands, context) => {
    for (const [index, { name }] of commands.entries()) {
      if (commands.findIndex((one) => one.name === name) === index) continue;
      const message = `found '${name}' twice; expected different names`;
      context.addIssue({ code: 'custom', path: [index, 'name'], message });
    }
  });

const format = z
  .enum(COVERAGE_FORMATS)
  .optional()
  .describe(
    "Default: told from the report's name (.info, .json, .xml, .out); istanbul: json-summary or json, go: a cover profile",
  );

const report = text
  .optional()
  .describe('Coverage report that it writes, below {reports}/. Default {reports}/lcov.info');

const coverage = z.strictObject({
  report,
  format,
  minimum: z
    .number()
    .min(0)
    .max(100)
    .optional()
    .describe('Line coverage below which tests do not pass, percent. Default: coverageThreshold'),
  of: coverageKind
    .default('all')
    .describe('Which lines the minimum is for: all, or the executable ones that the build changed'),
  exclude: z
    .array(text)
    .default([])
    .describe('Files that count neither way, as in .gitignore; tests never count'),
});

const test = z
  .strictObject({
    argv,
    timeoutSeconds,
    sandbox,
    junit: text
      .optional()
      .describe('JUnit XML that it writes, below {reports}/. Default {reports}/junit.xml'),
    coverage: z
      .union([text, coverage])
      .optional()
      .describe('The coverage report, and what it has to show; text: short for its report'),
    coverageFormat: format,
    lcov: text.optional().describe('Short for coverage with the format lcov'),
  })
  .superRefine(({ lcov, coverage, coverageFormat }, context) => {
    const settings = typeof coverage === 'object' ? coverage : { report: coverage };
    const format = 'format' in settings ? settings.format : undefined;
    if (lcov !== undefined && (settings.report ?? format ?? coverageFormat) !== undefined) {
      context.addIssue({ code: 'custom', path: ['lcov'], message: 'goes without coverage' });
    }
    if (format !== undefined && coverageFormat !== undefined) {
      const message = 'goes without coverage.format';
      context.addIssue({ code: 'custom', path: ['coverageFormat'], message });
    }
  });

const release = ['deploy', 'smoke', 'rollback'] as const;

/** What goes with which, in words that say what to do. */
const RELEASE_NEEDS = {
  deploy: [
    'smoke',
    'a deployment that no smoke test checks is never complete: write at least one, such as a request to it with curl, or leave commands.deploy out for builds that hand a branch over',
  ],
  smoke: [
    'deploy',
    'smoke tests check a deployment: write it, or leave commands.smoke out for builds that hand a branch over',
  ],
  rollback: ['deploy', 'there is nothing to roll back: write it, or leave commands.rollback out'],
} as const satisfies Record<(typeof release)[number], readonly [needed: string, why: string]>;

const commands = z.strictObject({
  install: z
    .strictObject({ argv, timeoutSeconds, sandbox })
    .optional()
    .describe('Fetches what the other commands need, before code is written and before tests run'),
  test: test.describe('Runs every test and writes both reports'),
  verify: namedCommands.describe('Checks of quality and security; all must end with exit code 0'),
  deploy: z
    .strictObject({ argv, target: text.describe('Where it deploys to'), timeoutSeconds, sandbox })
    .optional()
    .describe('Deploys. Without deploy and smoke, builds hand a branch over'),
  smoke: namedCommands.optional().describe('Checks of the live deployment; go with deploy'),
  rollback: z
    .strictObject({ argv, timeoutSeconds, sandbox })
    .optional()
    .describe('Takes a deployment back whose smoke tests fail'),
});

/**
 * What is really run. No role can do without: a claim that nothing checks goes no further. A
 * deployment and its smoke tests go together; a build without both hands a branch over.
 */
export const commandsSchema = commands
  .superRefine((found, context) => {
    for (const name of release) {
      const [needed, why] = RELEASE_NEEDS[name];
      if (found[name] === undefined || found[needed] !== undefined) continue;
      context.addIssue({ code: 'custom', path: [needed], message: `found nothing; ${why}` });
    }
  })
  .meta({
    dependentRequired: Object.fromEntries(
      release.map((name) => [name, [RELEASE_NEEDS[name][0]]] as const),
    ),
  });

export type CoverageEntry = z.output<typeof coverage>;
export type TestEntry = z.output<typeof test>;
