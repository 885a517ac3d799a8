import type { TakenWork, TakeWorkRequest } from '@baton/core/api';
import type { AssignmentService } from '@baton/proto';
import { takeWork as mapped } from '@baton/wire';
import type { Client } from '@connectrpc/connect';
import { toBatonError } from './errors.ts';
import { createLiveness } from './liveness.ts';
import type { StreamOver } from './stream-over.ts';

/**
 * Work from a server, until the signal aborts. A cut connection ends it with an error: only the caller knows
 * which claims it still holds, and asks again with these.
 *
 * @throws BatonError `unavailable` when the server is away or the connection is dead.
 */
export async function* takeWork(
  {
    assignments,
    settings: { timeoutMs, address },
    closed,
    reconnect,
  }: StreamOver & { readonly assignments: Client<typeof AssignmentService> },
  request: TakeWorkRequest,
  signal?: AbortSignal,
  onOpen?: () => void,
): AsyncGenerator<TakenWork, void, undefined> {
  const message = mapped.request.encodeChecked(request);
  const ended = signal === undefined ? closed : AbortSignal.any([closed, signal]);
  const liveness = createLiveness(timeoutMs);
  let isOpen = false;
  try {
    const stream = assignments.takeWork(message, {
      // It has no deadline.
      timeoutMs: 0,
      signal: AbortSignal.any([ended, liveness.signal]),
      onHeader: liveness.answered,
    });
    for await (const item of stream) {
      liveness.heard();
      // A refusal has headers, too: only a message, be it a heartbeat, says that the server gives work.
      if (!isOpen) onOpen?.();
      isOpen = true;
      const work = mapped.item.decode(item);
      if (work !== undefined) yield work;
    }
  } catch (reason) {
    if (signal?.aborted) return;
    const isDead = liveness.signal.aborted && !closed.aborted;
    if (isDead) reconnect();
    const fault = isDead ? liveness.signal.reason : reason;
    throw toBatonError(fault, { address, signal: closed, request: message.$typeName });
  } finally {
    liveness.end();
  }
}
