import type { z } from 'zod';
import { defineWorkflow } from '../define-workflow.ts';
import type { ERROR_STATE, Gate, RoleDefinition, WorkflowDefinition } from '../definition.ts';
import type { BuildRole, BuildState } from '../vocabulary.ts';
import type { WorkflowOptions } from '../workflow-options.ts';
import {
  allTestsPassed,
  approved,
  coverageAtLeast,
  evidenceNoWorseThanBefore,
  evidenceOnThisWorkspace,
  noNewFailures,
  noSecurityIssues,
  verdictsOnThisWorkspace,
} from './gates.ts';
import {
  type CoverageKind,
  discoveryOutput,
  implementationOutput,
  planningOutput,
  testingOutput,
  verificationOutput,
} from './outputs.ts';

/** Options of `buildDefinition` and `handOverDefinition`. */
export interface BuildDefinitionOptions {
  /** Line coverage below which testing does not pass, percent, 0 to 100. Default 80. */
  readonly coverageThreshold?: number | undefined;
  /** Which lines the threshold is for: all, or those that the build changed. Default `all`. */
  readonly coverageOf?: CoverageKind | undefined;
  /**
   * Whether tests and checks may still fail that failed when the build began, in the same way.
   * Default false.
   */
  readonly toleratesKnownFailures?: boolean | undefined;
  /** Transitions that wait for a person's approval, such as handoff_to_releaser → deployment. */
  readonly approvals?: WorkflowOptions['approvals'] | undefined;
  /** Phases that different performers must perform, such as verification and implementation. */
  readonly separations?: WorkflowOptions['separations'] | undefined;
  /** Whether every phase has to end with a checkpoint of a workspace. Default `optional`. */
  readonly workspace?: WorkflowOptions['workspace'] | undefined;
}

/** What tells the ready-made definitions apart: how a build ends. */
interface BuildEnding<Output extends z.ZodType<object>> {
  readonly name: string;
  readonly roles: Readonly<Record<BuildRole, RoleDefinition>>;
  /** The gate on the earlier verdicts is added. */
  readonly deployment: {
    readonly output: Output;
    readonly gates: readonly Gate<z.output<Output>>[];
    readonly summary?: string;
  };
}

/**
 * What is known of a ready-made definition when code is compiled.
 *
 * @typeParam Deployment the schema of the last phase's output.
 */
export interface BuildTypes<Deployment extends z.ZodType<object>> {
  readonly states: Exclude<BuildState, typeof ERROR_STATE>;
  readonly roles: BuildRole;
  readonly outputs: {
    readonly discovery: typeof discoveryOutput;
    readonly planning: typeof planningOutput;
    readonly implementation: typeof implementationOutput;
    readonly testing: typeof testingOutput;
    readonly verification: typeof verificationOutput;
    readonly deployment: Deployment;
  };
}

/** A build up to `handoff_to_releaser` as all ready-made definitions have it, and an ending. */
export function defineBuild<Output extends z.ZodType<object>>(
  { name, roles, deployment }: BuildEnding<Output>,
  options: BuildDefinitionOptions,
): WorkflowDefinition<BuildTypes<Output>> {
  const { coverageThreshold = 80, coverageOf = 'all', approvals = [], separations = [] } = options;
  const coverage = coverageAtLeast(coverageThreshold, coverageOf);
  const tolerates = options.toleratesKnownFailures ?? false;
  const tested = tolerates ? noNewFailures : allTestsPassed;
  const evidenced = tolerates ? evidenceNoWorseThanBefore : evidenceOnThisWorkspace;
  const defined = defineWorkflow({
    name,
    version: 1,
    roles,
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
        ...deployment,
        output: deployment.output as z.ZodType<object>,
        gates: [...deployment.gates, verdictsOnThisWorkspace('testing', 'verification')],
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
    workspace: options.workspace,
  });
  return defined as WorkflowDefinition as WorkflowDefinition<BuildTypes<Output>>;
}
