import type { Gate, GateContext } from '../definition.ts';
import { BatonError } from '../errors.ts';
import type { Evidence } from '../evidence.ts';
import type { JsonObject } from '../json.ts';
import type {
  CoverageKind,
  DeploymentOutput,
  HandOverOutput,
  TestingOutput,
  VerificationOutput,
} from './outputs.ts';

function gate<Output>(
  name: string,
  description: string,
  check: (output: Output) => string | undefined,
): Gate<Output> {
  return { name, description, check };
}

function inWorkspace({ checkpoint }: GateContext): boolean {
  return checkpoint !== undefined;
}

/** Of the workspace at this border. */
function digestOf({ checkpoint }: GateContext): string {
  return checkpoint?.digest ?? '(none)';
}

/** What every output may carry. */
interface Evidenced {
  readonly evidence?: readonly Evidence[] | undefined;
}

export const allTestsPassed = gate<TestingOutput>(
  'all_tests_passed',
  'At least one test ran and none failed',
  ({ testsPassed, testsFailed }) => {
    if (testsFailed > 0) return `${testsFailed} of ${testsPassed + testsFailed} tests failed`;
    return testsPassed > 0 ? undefined : 'no test was run';
  },
);

/** Instead of `allTestsPassed`, where tests that failed when the build began may still fail. */
export const noNewFailures = gate<TestingOutput>(
  'no_new_failures',
  'At least one test passed and none failed but those that failed when the build began',
  ({ testsPassed, testsFailed, testsKnownToFail = 0 }) => {
    const fresh = testsFailed - testsKnownToFail;
    if (fresh > 0) return `${fresh} tests failed that did not fail when the build began`;
    return testsPassed > 0 ? undefined : 'no test passed';
  },
);

/**
 * @param percent line coverage, 0 to 100.
 * @param of whose coverage: of all lines, or of those that the build changed alone.
 * @throws BatonError `invalid_input` for a number that is no percentage.
 */
export const coverageAtLeast = (percent: number, of: CoverageKind = 'all'): Gate<TestingOutput> => {
  if (!(typeof percent === 'number' && percent >= 0 && percent <= 100)) {
    const description = `found ${percent}, expected a percentage from 0 to 100`;
    throw new BatonError('invalid_input', `the coverage threshold: ${description}`, {
      violations: [{ field: 'coverageThreshold', description }],
    });
  }
  const what = of === 'all' ? 'line coverage' : 'line coverage of changed lines';
  return gate<TestingOutput>(
    'coverage',
    `${what.replace('line', 'Line')} is at least ${percent} %`,
    ({ coveragePercent, changedLines }) => {
      const found = of === 'all' ? coveragePercent : changedLines?.coveragePercent;
      if (found === undefined) return `the output has no ${what}, expected at least ${percent} %`;
      return found >= percent ? undefined : `${what} is ${found} %, expected at least ${percent} %`;
    },
  );
};

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

export const handedOver = gate<HandOverOutput>(
  'handed_over',
  'The build is handed over',
  (output) => (output.handedOver ? undefined : 'the build was not handed over'),
);

/** The files that are handed over are named by their digest, and are those at this border. */
export const handsOverThisWorkspace: Gate<HandOverOutput> = {
  name: 'hands_over_this_workspace',
  description: 'In a workspace: the digest that is handed over is that of the very files in it',
  appliesTo: inWorkspace,
  check({ workspaceDigest = '(none)' }, context) {
    const digest = digestOf(context);
    if (workspaceDigest === digest) return undefined;
    return `workspace ${workspaceDigest} is handed over, expected ${digest}`;
  },
};

/**
 * Where the phase ran in a workspace: a verdict is worth nothing without what was run on it.
 *
 * @param purposes of each of these something must have been run.
 */
export const evidenceOnThisWorkspace = (...purposes: readonly string[]): Gate<Evidenced> =>
  evidenceGate(purposes, false);

/** The same, by which a command may fail whose evidence says that it failed before, in the same way. */
export const evidenceNoWorseThanBefore = (...purposes: readonly string[]): Gate<Evidenced> =>
  evidenceGate(purposes, true);

const evidenceGate = (purposes: readonly string[], tolerates: boolean): Gate<Evidenced> => ({
  name: 'evidence_on_this_workspace',
  description: `In a workspace: the verdict rests on commands (${purposes.join(', ')}) that succeeded${tolerates ? ', or failed as they did when the build began,' : ''} on the very files it speaks of`,
  appliesTo: inWorkspace,
  check({ evidence = [] }, context) {
    const digest = digestOf(context);
    const missing = purposes.filter((purpose) => !evidence.some((one) => isFor(one, purpose)));
    if (missing.length > 0) return `the output carries no evidence of ${missing.join(', ')}`;
    for (const { purpose, exitCode, workspaceDigest, tolerated } of evidence) {
      const isTolerated = tolerates && tolerated !== undefined;
      if (exitCode !== 0 && !isTolerated)
        return `the evidence '${purpose}' ended with exit code ${exitCode}`;
      if (workspaceDigest !== digest) {
        return `the evidence '${purpose}' was made on workspace ${workspaceDigest ?? '(none)'}, the verdict speaks of ${digest}`;
      }
    }
    return undefined;
  },
});

/** A purpose may go on with what exactly was run: `smoke: home page`. */
function isFor({ purpose }: Evidence, wanted: string): boolean {
  return purpose === wanted || purpose.startsWith(`${wanted}:`);
}

/**
 * Where the build runs in a workspace: what earlier phases found counts only for the files that it
 * was found on. Any later change makes it stale.
 */
export const verdictsOnThisWorkspace = (...phases: readonly string[]): Gate<unknown> => ({
  name: 'verdicts_on_this_workspace',
  description: `In a workspace: the verdicts of ${phases.join(' and ')} speak of the very same files`,
  appliesTo: inWorkspace,
  check(_, context) {
    const digest = digestOf(context);
    for (const phase of phases) {
      const stale = staleEvidence(context.outputs[phase], digest);
      if (stale !== undefined) {
        return `the verdict of '${phase}' is stale: it is about workspace ${stale}, this is ${digest}`;
      }
    }
    return undefined;
  },
});

/** The digest of another workspace that `output` has evidence of, if it has any. */
function staleEvidence(output: JsonObject | undefined, digest: string): string | undefined {
  const { evidence = [] } = (output ?? {}) as Evidenced;
  if (evidence.length === 0) return '(none)';
  const other = evidence.find(({ workspaceDigest }) => workspaceDigest !== digest);
  return other && (other.workspaceDigest ?? '(none)');
}
