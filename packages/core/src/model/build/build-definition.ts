import { defineWorkflow } from '../define-workflow.ts';
import type { WorkflowDefinition } from '../definition.ts';
import type { WorkflowOptions } from '../workflow-options.ts';
import {
  allTestsPassed,
  approved,
  coverageAtLeast,
  deployed,
  evidenceNoWorseThanBefore,
  evidenceOnThisWorkspace,
  noNewFailures,
  noSecurityIssues,
  smokeTestsPassed,
  verdictsOnThisWorkspace,
} from './gates.ts';
import {
  deploymentOutput,
  discoveryOutput,
  implementationOutput,
  planningOutput,
  testingOutput,
  verificationOutput,
} from './outputs.ts';
import { buildRoles } from './roles.ts';

/** The states of the `build` definition, in order, and `error`. */
export const BUILD_STATES = [
  'discovery',
  'planning',
  'handoff_to_coder',
  'implementation',
  'handoff_to_tester',
  'testing',
  'handoff_to_verifier',
  'verification',
  'handoff_to_releaser',
  'deployment',
  'complete',
  'error',
] as const;

export type BuildState = (typeof BUILD_STATES)[number];

/** The phases of the `build` definition, in order. */
export const BUILD_PHASES = [
  'discovery',
  'planning',
  'implementation',
  'testing',
  'verification',
  'deployment',
] as const;

export type BuildPhase = (typeof BUILD_PHASES)[number];

export type BuildRole = keyof typeof buildRoles;

export interface BuildDefinitionOptions {
  /** Line coverage below which testing does not pass, percent, 0 to 100. Default 80. */
  readonly coverageThreshold?: number;
  /**
   * Whether tests and checks may still fail that failed when the build began, in the same way.
   * Default false.
   */
  readonly toleratesKnownFailures?: boolean;
  /** Transitions that wait for a person's approval, such as handoff_to_releaser → deployment. */
  readonly approvals?: WorkflowOptions['approvals'];
  /** Phases that different performers must perform, such as verification and implementation. */
  readonly separations?: WorkflowOptions['separations'];
}

/** The default definition: five roles, 11 states beside `error`, 28 transitions. */
export function buildDefinition(options: BuildDefinitionOptions = {}): WorkflowDefinition {
  const { coverageThreshold = 80, approvals = [], separations = [] } = options;
  const coverage = coverageAtLeast(coverageThreshold);
  const tolerates = options.toleratesKnownFailures ?? false;
  const tested = tolerates ? noNewFailures : allTestsPassed;
  const evidenced = tolerates ? evidenceNoWorseThanBefore : evidenceOnThisWorkspace;
  return defineWorkflow({
    name: 'build',
    version: 1,
    roles: buildRoles,
    states: {
      discovery: { phase: 'q_assistant', output: discoveryOutput, to: 'planning' },
      planning: {
        phase: 'q_assistant',
        output: planningOutput,
        to: 'handoff_to_coder',
        retryTo: 'discovery',
      },
      handoff_to_coder: {
        handoff: ['q_assistant', 'code_writer'],
        to: 'implementation',
        retryTo: 'planning',
      },
      implementation: {
        phase: 'code_writer',
        output: implementationOutput,
        to: 'handoff_to_tester',
        retryTo: 'planning',
      },
      handoff_to_tester: {
        handoff: ['code_writer', 'test_auditor'],
        to: 'testing',
        retryTo: 'implementation',
      },
      testing: {
        phase: 'test_auditor',
        output: testingOutput,
        gates: [tested, coverage, noSecurityIssues, evidenced('test')],
        to: 'handoff_to_verifier',
        retryTo: 'implementation',
      },
      handoff_to_verifier: {
        handoff: ['test_auditor', 'verification_overseer'],
        to: 'verification',
        retryTo: 'testing',
      },
      verification: {
        phase: 'verification_overseer',
        output: verificationOutput,
        gates: [approved, evidenced('verify'), verdictsOnThisWorkspace('testing')],
        to: 'handoff_to_releaser',
        retryTo: 'implementation',
      },
      handoff_to_releaser: {
        handoff: ['verification_overseer', 'release_manager'],
        to: 'deployment',
        retryTo: 'verification',
      },
      deployment: {
        phase: 'release_manager',
        output: deploymentOutput,
        gates: [
          deployed,
          smokeTestsPassed,
          evidenceOnThisWorkspace('deploy', 'smoke'),
          verdictsOnThisWorkspace('testing', 'verification'),
        ],
        to: 'complete',
        retryTo: 'verification',
      },
      complete: { final: true },
    },
    retries: [
      ['testing', 'implementation'],
      ['verification', 'implementation'],
    ],
    approvals,
    separations,
  });
}
