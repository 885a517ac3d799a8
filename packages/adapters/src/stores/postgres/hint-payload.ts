import type { WorkHint } from '@baton/core';

/** Bytes that a notification may have, a few below PostgreSQL's 8,000. */
const MAX_BYTES = 7900;

/** `hints` as the payloads of as few notifications as they fit in; `sender` knows its own by it. */
export function toPayloads(sender: string, hints: Iterable<WorkHint>): string[] {
  const head = `[${JSON.stringify(sender)}`;
  const payloads: string[] = [];
  let payload = head;
  for (const { workflowId, role } of hints) {
    const hint = `,${JSON.stringify([workflowId, role])}`;
    if (Buffer.byteLength(payload) + Buffer.byteLength(hint) >= MAX_BYTES && payload !== head) {
      payloads.push(`${payload}]`);
      payload = head;
    }
    payload += hint;
  }
  if (payload !== head) payloads.push(`${payload}]`);
  return payloads;
}

/** What {@link toPayloads} made; undefined for what it did not make. */
export function fromPayload(
  payload: string,
): { readonly sender: unknown; readonly hints: readonly WorkHint[] } | undefined {
  try {
    const [sender, ...pairs] = JSON.parse(payload) as [unknown, ...[string, string][]];
    return { sender, hints: pairs.map(([workflowId, role]) => ({ workflowId, role })) };
  } catch {
    return undefined;
  }
}
