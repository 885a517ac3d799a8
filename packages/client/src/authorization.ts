import { BatonError } from '@baton/core/errors';
import type { Interceptor } from '@connectrpc/connect';

/** An API key or a token; or what gives one, asked before each call, for those that expire. */
export type Token = string | (() => string | Promise<string>);

/** Shows with each call who makes it. */
export function authorizing(token: Token | undefined): Interceptor[] {
  if (token === undefined) return [];
  const tokenOf = typeof token === 'string' ? () => token : token;
  return [
    (next) => async (request) => {
      request.header.set('authorization', `Bearer ${checked(await tokenOf())}`);
      return next(request);
    },
  ];
}

/** What cannot stand in a header would fail with an error that shows it. */
function checked(token: string): string {
  if (/^[A-Za-z0-9\-._~+/]+=*$/.test(token)) return token;
  const description = `expected an API key or a token, found ${token.length} characters that are none`;
  throw new BatonError('invalid_input', `token: ${description}`, {
    violations: [{ field: 'token', description }],
  });
}
