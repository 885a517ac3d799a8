import { createHash } from 'node:crypto';
import { BatonError, type Note } from '@baton/core';

/** The user's instructions for a role: in addition to Baton's, or instead of them. */
export type RolePrompt = { readonly append: string } | { readonly replace: string };

/** Largest size of a prompt in characters. */
const MAX_PROMPT_CHARACTERS = 64 * 1024;

/** @throws BatonError `invalid_input` when the prompt is empty or too long. */
export function checkRolePrompt(role: string, prompt: RolePrompt | undefined): void {
  if (prompt === undefined) return;
  const text = textOf(prompt);
  const problem =
    text.trim() === ''
      ? 'is empty, expected text'
      : `has ${text.length} characters, expected at most ${MAX_PROMPT_CHARACTERS}`;
  if (text.trim() !== '' && text.length <= MAX_PROMPT_CHARACTERS) return;
  throw new BatonError('invalid_input', `the llm role '${role}': its prompt ${problem}`);
}

/** Records in the audit trail that a role works with the user's own prompt, and its digest. */
export function promptNote(role: string, prompt: RolePrompt): Note {
  const text = textOf(prompt);
  const digest = createHash('sha256').update(text).digest('hex');
  const how = 'append' in prompt ? 'with text appended to' : 'with text in place of';
  return {
    code: 'prompt_configured',
    message: `role '${role}' works ${how} its prompt: ${text.length} characters, sha256 ${digest}`,
  };
}

function textOf(prompt: RolePrompt): string {
  return 'append' in prompt ? prompt.append : prompt.replace;
}
