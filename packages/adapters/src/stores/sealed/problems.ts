import { BatonError } from '@baton/core';

const ADVICE = 'Baton does nothing more with it: restore the database, or start the build again';

/**
 * The error for a record that was not committed like that. Its message says which, and what is known about
 * it.
 */
export function strangersWrite(workflowId: string, found: string): BatonError {
  return new BatonError(
    'data_loss',
    `workflow ${workflowId} was changed by another program than Baton: ${found}; ${ADVICE}`,
    { metadata: { workflowId } },
  );
}
