import { BatonError } from '@baton/core';

/** An error that no command and no role has caught, with the place that it comes from. */
export function uncaught(reason: unknown): BatonError {
  const stack = reason instanceof Error ? reason.stack : undefined;
  const place = /\n\s+at (.+)/.exec(stack ?? '')?.[1];
  const from = place === undefined ? '' : `, thrown at ${place}`;
  const { message } = BatonError.from(reason);
  return new BatonError(
    'internal',
    `nobody caught this error${from}: ${message}; a role has to await every promise that it makes`,
    { cause: reason },
  );
}
