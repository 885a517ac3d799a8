import { BatonError } from '@baton/core';

/** What the server says of an environment that it cannot run on, as an error of the command line. */
export function invalidEnvironment(reason: Error & { readonly problems: readonly string[] }) {
  return new BatonError('invalid_input', reason.message, {
    violations: reason.problems.map((problem) => ({ field: '', description: problem })),
    cause: reason,
  });
}
