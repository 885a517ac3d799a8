import { createConnectTransport } from '@connectrpc/connect-web';
import { CALLS } from './calls.ts';
import { overConnect } from './over-connect.ts';

/** What a page calls: the method by its name, for functions do not travel. */
export function call(
  baseUrl: string,
  name: string,
  request: object,
  token: string | undefined,
): Promise<string> {
  const found = CALLS.find(({ method }) => method.name === name);
  if (found === undefined) throw new Error(`there is no method ${name}`);
  const client = overConnect((headers) =>
    createConnectTransport({
      baseUrl,
      interceptors: [
        (next) => (sent) => {
          for (const [key, value] of Object.entries(headers)) sent.header.set(key, value);
          return next(sent);
        },
      ],
    }),
  );
  return client(found, request, token);
}
