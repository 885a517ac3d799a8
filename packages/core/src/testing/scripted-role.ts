import type { Assignment } from '../model/assignment.ts';
import type { Outcome } from '../model/outcome.ts';
import type { RoleAdapter, RoleContext } from '../ports/role-adapter.ts';

export type ScriptedAnswer =
  | Outcome
  | Error
  | ((assignment: Assignment, context: RoleContext) => Outcome | Promise<Outcome>);

/** A role that answers by script, and remembers what it was asked. */
export interface ScriptedRole extends RoleAdapter {
  readonly assignments: readonly Assignment[];
}

/**
 * Gives the answers in order and repeats the last one; an Error is thrown.
 *
 * @example
 * import { createScriptedRole } from '@baton/core/testing';
 * const writer = createScriptedRole('writer', { kind: 'advance', result: { words: 300 } });
 */
export function createScriptedRole(
  role: string,
  ...answers: readonly [ScriptedAnswer, ...ScriptedAnswer[]]
): ScriptedRole {
  const assignments: Assignment[] = [];
  return {
    role,
    assignments,
    async perform(assignment, context) {
      const answer = answers[Math.min(assignments.length, answers.length - 1)] as ScriptedAnswer;
      assignments.push(assignment);
      if (answer instanceof Error) throw answer;
      return typeof answer === 'function' ? answer(assignment, context) : answer;
    },
  };
}
