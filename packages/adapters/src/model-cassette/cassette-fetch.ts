import type { CassetteSession } from './cassette-session.ts';

/**
 * A `fetch` for the SDK of a provider, whose answers are recorded or replayed.
 *
 * @param model as in principals: `provider:model`.
 */
export function cassetteFetch(session: CassetteSession, model: string): typeof fetch {
  return async (input, init) => {
    const { pathname: path } = new URL(input instanceof Request ? input.url : input);
    const body = typeof init?.body === 'string' ? JSON.parse(init.body) : undefined;
    const reply = await session.answer({ model, path, body }, async () => {
      const response = await fetch(input, init);
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: response.body ?? new Blob([]).stream(),
      };
    });
    const { status, headers } = reply;
    return new Response(ReadableStream.from(reply.body), { status, headers });
  };
}
