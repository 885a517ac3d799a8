import { type Assignment, BatonError } from '@baton/core';

/*
 * There are two limits. Refused outcomes count over the whole attempt: looking something up in between does
 * not bring a model closer to an answer. Invalid calls (an unknown tool, text without a call) count in a row,
 * because a long and successful attempt may contain some.
 */

/** Limits how often a model gets its answer back. */
export interface CorrectionBudget {
  /**
   * Counts a refused outcome.
   *
   * @throws BatonError `invalid_input` with the violations when the limit is reached.
   */
  refused(violations: readonly string[]): void;
  /**
   * Counts an invalid call.
   *
   * @throws BatonError as {@link refused}.
   */
  invalid(violations: readonly string[]): void;
  /** Call it after a valid answer. */
  reset(): void;
}

export function createCorrectionBudget({ role, state }: Assignment, max: number): CorrectionBudget {
  let refusals = 0;
  let invalidCalls = 0;

  function check(count: number, violations: readonly string[]): void {
    if (count <= max) return;
    throw new BatonError(
      'invalid_input',
      `the model of role '${role}' gave no usable answer in '${state}' after ${max} corrections, the last one: ${violations.join('; ')}`,
      { violations: violations.map((description) => ({ field: 'result', description })) },
    );
  }

  return {
    refused(violations) {
      refusals += 1;
      check(refusals, violations);
    },
    invalid(violations) {
      invalidCalls += 1;
      check(invalidCalls, violations);
    },
    reset() {
      invalidCalls = 0;
    },
  };
}
