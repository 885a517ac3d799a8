import { BatonError } from '@baton/core';

/** Returns the error to report when no command and no role caught `reason`. It names where it was thrown. */
export function uncaught(reason: unknown): BatonError {
  const stack = reason instanceof Error ? reason.stack : undefined;
  const place = /\n\s+at (.+)/.exec(stack ?? '')?.[1];
  const from = place === undefined ? '' : `, thrown at ${place}`;
  const { message } = BatonError.from(reason);
  return new BatonError(
    'internal',
    `uncaught error${from}: ${message}; a role must await every promise that it makes`,
    { cause: reason },
  );
}
