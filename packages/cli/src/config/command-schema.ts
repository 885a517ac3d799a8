import { z } from 'zod';
import { argv, text, timeoutSeconds } from './argv-schema.ts';

const namedCommands = z
  .array(z.strictObject({ name: text, argv, timeoutSeconds }))
  .min(1)
  .superRefine((commands, context) => {
    for (const [index, { name }] of commands.entries()) {
      if (commands.findIndex((one) => one.name === name) === index) continue;
      const message = `found '${name}' twice; expected different names`;
      context.addIssue({ code: 'custom', path: [index, 'name'], message });
    }
  });

const test = z
  .strictObject({
    argv,
    timeoutSeconds,
    junit: text
      .optional()
      .describe('JUnit XML that it writes, below {reports}/. Default {reports}/junit.xml'),
    coverage: text
      .optional()
      .describe('Coverage report that it writes, below {reports}/. Default {reports}/lcov.info'),
    coverageFormat: z
      .enum(['lcov', 'istanbul', 'cobertura'])
      .optional()
      .describe(
        "Default: told from the report's name (.info, .json, .xml); istanbul: json-summary",
      ),
    lcov: text.optional().describe('Short for coverage with the format lcov'),
  })
  .superRefine(({ lcov, coverage, coverageFormat }, context) => {
    if (lcov === undefined || (coverage ?? coverageFormat) === undefined) return;
    context.addIssue({ code: 'custom', path: ['lcov'], message: 'goes without coverage' });
  });

/** What is really run. No role can do without: a claim that nothing checks goes no further. */
export const commandsSchema = z.strictObject({
  install: z
    .strictObject({ argv, timeoutSeconds })
    .optional()
    .describe('Fetches what the other commands need, before code is written and before tests run'),
  test: test.describe('Runs every test and writes both reports'),
  verify: namedCommands.describe('Checks of quality and security; all must end with exit code 0'),
  deploy: z.strictObject({ argv, target: text.describe('Where it deploys to'), timeoutSeconds }),
  smoke: namedCommands.describe('Checks of the live deployment'),
  rollback: z
    .strictObject({ argv, timeoutSeconds })
    .optional()
    .describe('Takes a deployment back whose smoke tests fail'),
});

export type TestEntry = z.output<typeof test>;
