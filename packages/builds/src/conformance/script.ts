import type { JsonObject } from '@baton/core';
import { passingOutputs } from '@baton/core/internal';

/** The phases of the definition `build`, in their order, each with the role that performs it. */
export const PHASES = {
  discovery: 'q_assistant',
  planning: 'q_assistant',
  implementation: 'code_writer',
  testing: 'test_auditor',
  verification: 'verification_overseer',
  deployment: 'release_manager',
} as const;

export type Phase = keyof typeof PHASES;

export const ROLES: readonly string[] = [...new Set(Object.values(PHASES))];

/** What a worker under test does in a phase. */
export interface Step {
  /** How long it works, in seconds. */
  readonly workSeconds: number;
  /** The output that it reports then. */
  readonly answer: JsonObject;
}

/** What a worker under test does in each phase, as it stands in the requirements. */
export type Script = Readonly<Record<Phase, Step>>;

/** Every phase passes at once, but for what `changes` says of the worker's first. */
export function scriptOf(first: Phase, change: Partial<Step> = {}): Script {
  const steps = Object.keys(PHASES).map((phase) => {
    const step = { workSeconds: 0, answer: passingOutputs[phase as Phase] };
    return [phase, phase === first ? { ...step, ...change } : step];
  });
  return Object.fromEntries(steps) as Script;
}
