import type { BUILD_PHASES } from '@baton/core';

/** Which role works in each phase. */
export const ROLE_OF = {
  discovery: 'q_assistant',
  planning: 'q_assistant',
  implementation: 'code_writer',
  testing: 'test_auditor',
  verification: 'verification_overseer',
  deployment: 'release_manager',
} as const satisfies Record<(typeof BUILD_PHASES)[number], string>;
