/*
 * The `build` definition as far as the model of a workflow needs it, written down a second time so
 * that the model does not agree with the code by being the code.
 */

export interface Place {
  /** Who completes it. */
  readonly role: string;
  readonly isPhase: boolean;
  readonly next: string;
  /** Where a retry sends the work; none before `discovery`. */
  readonly retryTo?: string;
}

export const WALK: Readonly<Record<string, Place>> = {
  discovery: { role: 'q_assistant', isPhase: true, next: 'planning' },
  planning: {
    role: 'q_assistant',
    isPhase: true,
    next: 'handoff_to_coder',
    retryTo: 'discovery',
  },
  handoff_to_coder: {
    role: 'code_writer',
    isPhase: false,
    next: 'implementation',
    retryTo: 'planning',
  },
  implementation: {
    role: 'code_writer',
    isPhase: true,
    next: 'handoff_to_tester',
    retryTo: 'planning',
  },
  handoff_to_tester: {
    role: 'test_auditor',
    isPhase: false,
    next: 'testing',
    retryTo: 'implementation',
  },
  testing: {
    role: 'test_auditor',
    isPhase: true,
    next: 'handoff_to_verifier',
    retryTo: 'implementation',
  },
  handoff_to_verifier: {
    role: 'verification_overseer',
    isPhase: false,
    next: 'verification',
    retryTo: 'testing',
  },
  verification: {
    role: 'verification_overseer',
    isPhase: true,
    next: 'handoff_to_releaser',
    retryTo: 'implementation',
  },
  handoff_to_releaser: {
    role: 'release_manager',
    isPhase: false,
    next: 'deployment',
    retryTo: 'verification',
  },
  deployment: {
    role: 'release_manager',
    isPhase: true,
    next: 'complete',
    retryTo: 'verification',
  },
};

export const ROLES: readonly string[] = [...new Set(Object.values(WALK).map(({ role }) => role))];
