import { BatonError } from '@baton/client';
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { askForKey } from './session.ts';

/** A key that is missing or has expired is asked for over the page, wherever it was found out. */
export function heed(reason: unknown): BatonError {
  const error = BatonError.from(reason);
  if (error.code === 'unauthenticated') askForKey(error.message);
  return error;
}

/** Everything that the pages have read of the server. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: heed }),
  mutationCache: new MutationCache({ onError: heed }),
  defaultOptions: {
    queries: {
      // A failure is shown at once; the pulse asks again when the server is back.
      retry: false,
      networkMode: 'always',
      staleTime: 1_000,
    },
    mutations: { retry: false, networkMode: 'always' },
  },
});
