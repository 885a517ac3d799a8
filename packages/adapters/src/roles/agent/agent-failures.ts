import { BatonError } from '@baton/core';
import { firstOf, lastOf } from '../../process/excerpt.ts';
import type { CommandResult } from '../../process/run-command.ts';
import type { AgentProfile } from './agent-profile.ts';

/** Characters shown of what an agent wrote. */
const SAID = 2000;

export function notMetered({ title }: AgentProfile): string {
  return `${title} asks its models by its own login: what it uses is not counted and held to no budget`;
}

export function refused({ title }: AgentProfile, said: string): BatonError {
  return new BatonError('invalid_input', `${title} refused the assignment: ${lastOf(said, SAID)}`);
}

export function outOfTime({ title }: AgentProfile, timeoutMs: number | undefined): BatonError {
  const message = `${title} did not end its assignment within ${timeoutMs} ms (limits.timeoutMs)`;
  return new BatonError('deadline_exceeded', message, { retryable: true });
}

/** An agent that crashed or lost its model may do better the next time. */
export function endedEarly(
  { title }: AgentProfile,
  { excess, exitCode, signal, stderr }: CommandResult,
  broken: unknown,
): BatonError {
  const reason = broken instanceof Error ? firstOf(broken.message, SAID) : 'it said no more';
  const exit = exitCode === null ? `ended by ${signal}` : `exit code ${exitCode}`;
  const said = stderr.trim() === '' ? '' : `; stderr: ${lastOf(stderr.trim(), SAID)}`;
  if (excess !== undefined) {
    return new BatonError('limit_exceeded', `${title} was ended: ${excess}${said}`);
  }
  const message = `${title} ended without an outcome: ${reason} (${exit})${said}`;
  return new BatonError('unavailable', message, { retryable: true });
}

export function goneOn({ title }: AgentProfile, violations: readonly string[]): BatonError {
  const message = `${title} went on after its outcome was accepted, which does not hold any more: ${violations.join('; ')}`;
  return new BatonError('invalid_input', message, { retryable: true });
}
