import type { BatonError } from '@baton/client';
import { type UseMutationResult, useMutation } from '@tanstack/react-query';
import { useRef } from 'react';
import { queryClient } from '../../api/query-client.ts';

/**
 * A change that a person asks for. The same change asked for again, after a connection that was cut, is the same
 * request: the server makes it once.
 */
export function useChange<T extends object, R>(
  make: (request: T & { readonly requestId: string }) => Promise<R>,
  onDone?: (reply: R) => void,
): UseMutationResult<R, BatonError, T> {
  const asked = useRef({ body: '', requestId: '' });
  return useMutation<R, BatonError, T>({
    mutationFn: (request) => {
      const body = JSON.stringify(request);
      if (asked.current.body !== body) asked.current = { body, requestId: crypto.randomUUID() };
      return make({ ...request, requestId: asked.current.requestId });
    },
    onSuccess: async (reply) => {
      asked.current = { body: '', requestId: '' };
      // What is seen next is what came of it.
      await queryClient.invalidateQueries();
      onDone?.(reply);
    },
    onError: () => queryClient.invalidateQueries(),
  });
}
