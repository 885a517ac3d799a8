import type { AnyMessage, Stream } from '@agentclientprotocol/sdk';

/** The updates of a session that Baton takes. */
const TAKEN: ReadonlySet<unknown> = new Set([
  'agent_message_chunk',
  'agent_thought_chunk',
  'plan',
  'tool_call',
  'tool_call_update',
]);

/**
 * What an agent says, without what the SDK would write to the stderr of this process as the agent wrote it: answers to
 * what was never asked, whatever stands in the place of their ids, and updates of kinds that it does not know.
 */
export function heardStream({ readable, writable }: Stream): Stream {
  const asked = new Set<unknown>();

  function isTaken(message: object): boolean {
    if ('method' in message) {
      const { method, params } = message as { readonly method: unknown; readonly params?: unknown };
      if (method !== 'session/update' || 'id' in message) return true;
      const { update } = Object(params);
      return TAKEN.has(Object(update).sessionUpdate);
    }
    return 'id' in message && asked.delete(message.id);
  }

  const outgoing = new TransformStream<AnyMessage, AnyMessage>({
    transform(message, controller) {
      if ('method' in message && 'id' in message) asked.add(message.id);
      controller.enqueue(message);
    },
  });
  // A connection that breaks is told to who writes.
  outgoing.readable.pipeTo(writable).catch(() => {});
  const incoming = new TransformStream<AnyMessage, AnyMessage>({
    transform(message, controller) {
      if (isTaken(message)) controller.enqueue(message);
    },
  });
  return { readable: readable.pipeThrough(incoming), writable: outgoing.writable };
}
