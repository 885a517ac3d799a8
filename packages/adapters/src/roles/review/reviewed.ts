import { type Assignment, BatonError, type RoleAdapter } from '@baton/core';
import { type OutcomeReview, violationsOf } from './outcome-review.ts';

/** Options of {@link reviewed}. */
export interface ReviewedOptions {
  /** How often to ask the role, including the first time, before the attempt fails. Default 3. */
  readonly attempts?: number | undefined;
  /** The time in milliseconds since the Unix epoch. Default: the system's clock. */
  readonly now?: (() => number) | undefined;
}

/**
 * Wraps a role and reviews its outcome before it is reported. With violations, it asks the role again and
 * passes them as feedback. Notes each violation as `claim_refused`.
 *
 * @throws BatonError `invalid_input` with the last violations when the last attempt fails, too.
 * @example
 * import { createCommandRole } from '@baton/adapters/command';
 * import { protectedFilesReview, reviewed } from '@baton/adapters/review';
 * const writer = createCommandRole({ role: 'code_writer', argv: ['./write'] });
 * const careful = reviewed(writer, [protectedFilesReview(['.github/'])]);
 */
export function reviewed(
  adapter: RoleAdapter,
  reviews: readonly OutcomeReview[],
  { attempts = 3, now = Date.now }: ReviewedOptions = {},
): RoleAdapter {
  return {
    ...adapter,
    async perform(assignment, context) {
      let asked = assignment;
      for (let attempt = 1; ; attempt++) {
        const outcome = await adapter.perform(asked, context);
        const violations = await violationsOf(reviews, outcome, assignment, context);
        if (violations.length === 0) return outcome;
        if (attempt >= attempts) throw refusal(assignment, attempt, violations);
        asked = withFeedback(assignment, violations, now());
      }
    },
  };
}

/** Adds the violations to the feedback that the assignment already has. */
function withFeedback(
  assignment: Assignment,
  violations: readonly string[],
  at: number,
): Assignment {
  const { feedback, state, role } = assignment;
  const before = feedback && [`The work came back before: ${feedback.reason}`, feedback.details];
  const details = [...violations, ...(before ?? [])].filter((text) => text !== undefined);
  return {
    ...assignment,
    feedback: {
      reason: `the answer was refused: ${violations.join('; ')}`,
      details: details.join('\n'),
      fromState: state,
      fromRole: role,
      at,
    },
  };
}

function refusal(
  { role, state }: Assignment,
  attempts: number,
  violations: readonly string[],
): BatonError {
  return new BatonError(
    'invalid_input',
    `the answer of role '${role}' in '${state}' was refused ${attempts} times, the last time because ${violations.join('; ')}`,
    { violations: violations.map((description) => ({ field: 'result', description })) },
  );
}
