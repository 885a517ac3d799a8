import { type Assignment, BatonError } from '@baton/core';

/*
 * Two bounds: refused outcomes count over the whole attempt, for a model that looks something up in
 * between is no nearer to an answer; invalid calls (an unknown tool, text without a call) count in a row,
 * for a long piece of work may have some and go well.
 */

/** Bounds how often a model gets its answer back. */
export interface CorrectionBudget {
  /** @throws BatonError `invalid_input` with the violations when the bound is reached. */
  refused(violations: readonly string[]): void;
  /** @throws BatonError as {@link refused}. */
  invalid(violations: readonly string[]): void;
  /** An answer that there was nothing wrong with. */
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
