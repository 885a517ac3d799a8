import { z } from 'zod';
import { evidenceSchema } from '../evidence.ts';

/** What the six phases leave behind. Roles may add fields of their own: nothing is dropped. */

const text = z.string().trim().min(1);
const evidence = z
  .array(evidenceSchema)
  .readonly()
  .describe('What was really run; attached by the runner, not by the role');

export const discoveryOutput = z.looseObject({
  summary: text.describe('The request in one paragraph, as understood'),
  requirements: z.array(text).min(1).describe('What the build must do, one checkable item each'),
  assumptions: z.array(text).optional().describe('What was taken for granted without being asked'),
});

export const planningOutput = z.looseObject({
  steps: z.array(text).min(1).describe('The implementation plan, in order'),
  testingStrategy: text.describe('What is tested and how'),
  risks: z.array(text).describe('What can go wrong, with its remedy'),
});

export const implementationOutput = z.looseObject({
  summary: text.describe('What was changed and why'),
  changedFiles: z.array(text).describe('Paths relative to the workspace'),
  testStubs: z.array(text).optional().describe('Tests that were prepared, by name or path'),
  documentation: z.array(text).optional().describe('Documents that were written or changed'),
});

/** Which lines coverage is of. */
export const coverageKind = z.enum(['all', 'changed lines']);

export type CoverageKind = z.infer<typeof coverageKind>;

const lineCount = z.int().nonnegative();

const changedLines = z.looseObject({
  executable: lineCount.describe('Executable lines that the build added or changed'),
  covered: lineCount.describe('How many of them the tests ran'),
  coveragePercent: z.number().min(0).max(100).describe('100 where none is executable'),
});

export const testingOutput = z.looseObject({
  testsPassed: z.int().nonnegative().describe('Number of tests that passed'),
  testsFailed: z.int().nonnegative().describe('Number of tests that failed'),
  testsSkipped: z.int().nonnegative().optional().describe('Number of tests that were not run'),
  testsFlaky: lineCount.optional().describe('Of the passed ones: those that failed at first'),
  flakyTests: z.array(text).optional().describe('Their names'),
  coveragePercent: z.number().min(0).max(100).describe('Line coverage in percent'),
  coverageOf: coverageKind.optional().describe('Which lines have to reach the minimum; all'),
  changedLines: changedLines.optional().describe('Coverage of what the build changed'),
  coverageLeftOut: lineCount.optional().describe('Files that count for no coverage: tests'),
  securityIssues: z.array(text).describe('Open security findings; empty when there are none'),
  evidence: evidence.optional(),
});

export const verificationOutput = z.looseObject({
  approved: z.boolean().describe('Whether the build may be released'),
  findings: z.array(text).describe('On quality, security and performance; empty when none'),
  evidence: evidence.optional(),
});

export const deploymentOutput = z.looseObject({
  deployed: z.boolean().describe('Whether the build is live'),
  target: text.describe('Where it was deployed to'),
  smokeTests: z
    .array(z.looseObject({ name: text, passed: z.boolean(), details: z.string().optional() }))
    .describe('What was checked on the live deployment'),
  evidence: evidence.optional(),
});

export const handOverOutput = z.looseObject({
  handedOver: z.boolean().describe('Whether the build is handed over'),
  workspaceDigest: text
    .optional()
    .describe(
      'In a workspace: digest of the files that are handed over, the same that were judged',
    ),
  branch: z
    .string()
    .max(200)
    .regex(/^baton\/[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/)
    .optional()
    .describe('Name of the branch to be made of them, baton/… Default: made from the request'),
  evidence: evidence.optional(),
});

export type DiscoveryOutput = z.infer<typeof discoveryOutput>;
export type PlanningOutput = z.infer<typeof planningOutput>;
export type ImplementationOutput = z.infer<typeof implementationOutput>;
export type TestingOutput = z.infer<typeof testingOutput>;
export type VerificationOutput = z.infer<typeof verificationOutput>;
export type DeploymentOutput = z.infer<typeof deploymentOutput>;
export type HandOverOutput = z.infer<typeof handOverOutput>;
