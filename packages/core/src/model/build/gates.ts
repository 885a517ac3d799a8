import type { Gate } from '../definition.ts';
import type { Evidence } from '../evidence.ts';
import type { JsonObject } from '../json.ts';
import type { DeploymentOutput, TestingOutput, VerificationOutput } from './outputs.ts';

/** A gate over an output whose schema has been checked before: gates run after the schema. */
function gate<Output>(
  name: string,
  description: string,
  check: (output: Output) => string | undefined,
): Gate {
  return { name, description, check: (output) => check(output as Output) };
}

export const allTestsPassed = gate<TestingOutput>(
  'all_tests_passed',
  'At least one test ran and none failed',
  ({ testsPassed, testsFailed }) => {
    if (testsFailed > 0) return `${testsFailed} of ${testsPassed + testsFailed} tests failed`;
    return testsPassed > 0 ? undefined : 'no test was run';
  },
);

/** @param percent line coverage, 0 to 100. */
export const coverageAtLeast = (percent: number): Gate =>
  gate<TestingOutput>(
    'coverage',
    `Line coverage is at least ${percent} %`,
    ({ coveragePercent }) =>
      coveragePercent >= percent
        ? undefined
        : `line coverage is ${coveragePercent} %, expected at least ${percent} %`,
  );

export const noSecurityIssues = gate<TestingOutput>(
  'no_security_issues',
  'No security finding is open',
  ({ securityIssues }) =>
    securityIssues.length === 0 ? undefined : `open security issues: ${securityIssues.join('; ')}`,
);

export const approved = gate<VerificationOutput>(
  'approved',
  'The verification approved the build',
  (output) => (output.approved ? undefined : `not approved: ${output.findings.join('; ')}`),
);

export const deployed = gate<DeploymentOutput>('deployed', 'The build is live', (output) =>
  output.deployed ? undefined : 'the build was not deployed',
);

export const smokeTestsPassed = gate<DeploymentOutput>(
  'smoke_tests_passed',
  'At least one smoke test ran on the deployment and every one passed',
  ({ smokeTests }) => {
    if (smokeTests.length === 0) return 'no smoke test was run';
    const failed = smokeTests.filter((test) => !test.passed).map((test) => test.name);
    return failed.length === 0 ? undefined : `smoke tests failed: ${failed.join(', ')}`;
  },
);

/** Where the phase ran in a workspace: a verdict is worth nothing without what was run on it. */
export const evidenceOnThisWorkspace: Gate = {
  name: 'evidence_on_this_workspace',
  description:
    'In a workspace: the verdict rests on commands that succeeded on the very files it speaks of',
  check(output: JsonObject, { checkpoint }) {
    if (checkpoint === undefined) return undefined;
    const evidence = (output['evidence'] ?? []) as unknown as readonly Evidence[];
    if (evidence.length === 0) return 'the output carries no evidence';
    for (const { purpose, exitCode, workspaceDigest } of evidence) {
      if (exitCode !== 0) return `the evidence '${purpose}' ended with exit code ${exitCode}`;
      if (workspaceDigest !== checkpoint.digest) {
        return `the evidence '${purpose}' was made on workspace ${workspaceDigest ?? '(none)'}, the verdict speaks of ${checkpoint.digest}`;
      }
    }
    return undefined;
  },
};
