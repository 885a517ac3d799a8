import { BUILD_AND_HAND_OVER } from '@baton/core';
import { CODE_WRITER } from './code-writer.ts';
import { HAND_OVER_MANAGER } from './hand-over-manager.ts';
import { Q_ASSISTANT } from './q-assistant.ts';
import { RELEASE_MANAGER } from './release-manager.ts';
import { TEST_AUDITOR } from './test-auditor.ts';
import { VERIFICATION_OVERSEER } from './verification-overseer.ts';

const BY_ROLE: Readonly<Record<string, string>> = {
  q_assistant: Q_ASSISTANT,
  code_writer: CODE_WRITER,
  test_auditor: TEST_AUDITOR,
  verification_overseer: VERIFICATION_OVERSEER,
  release_manager: RELEASE_MANAGER,
};

/** For roles of custom definitions. */
const GENERAL = `Look at what is there before you decide, and rest what you hand over on what you saw.
Do what the assignment asks, completely, and nothing beside it.
The next role knows only what you hand over: be specific, name files and lines.`;

/** Roles that work differently in definitions other than `build`. */
const BY_DEFINITION: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  [BUILD_AND_HAND_OVER]: { release_manager: HAND_OVER_MANAGER },
};

/**
 * Explains how a role works with its tools.
 *
 * @param definition name of the workflow's definition. Default `build`.
 */
export function guidanceFor(role: string, definition = 'build'): string {
  return BY_DEFINITION[definition]?.[role] ?? BY_ROLE[role] ?? GENERAL;
}
