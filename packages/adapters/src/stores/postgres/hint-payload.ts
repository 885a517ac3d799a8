import type { WorkHint } from '@baton/core';

/** Bytes of a notification, a few below PostgreSQL's limit of 8,000. */
const MAX_BYTES = 7900;

/**
 * Packs `hints` into as few payloads as possible. `sender` identifies the process, which skips its own hints.
 */
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

/** Parses a payload of {@link toPayloads}; undefined for any other text. */
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
