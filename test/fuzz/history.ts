import type { JsonObject } from '@bufbuild/protobuf';
import type { Call } from './make/flow.ts';
import { nameOf, readsOnly } from './sent.ts';

/** A change that was accepted, or may have been. */
export interface Recorded {
  readonly method: string;
  readonly value: JsonObject;
  /** What the server made up in its answer, in order. */
  readonly tokens: readonly string[];
}

/** What was done to the latest workflows, so that a finding can be come to again. */
export interface History {
  /** A change that was accepted, or, without a reply, may have been. */
  add(call: Call, reply: JsonObject | undefined): void;
  /** What was done to the workflow that a call is about. */
  before(call: Call): readonly Recorded[];
}

const MOST_WORKFLOWS = 30;
const MOST_CHANGES = 150;
/** Larger requests are not kept. */
const MOST_CHARACTERS = 20_000;

export function createHistory(): History {
  const changes = new Map<string, Recorded[]>();
  return {
    add({ method, value }, reply) {
      if (readsOnly(method)) return;
      const id = String(reply?.['workflowId'] ?? value['workflowId']);
      const known = changes.get(id) ?? [];
      if (known.length >= MOST_CHANGES || JSON.stringify(value).length > MOST_CHARACTERS) return;
      known.push({ method: nameOf(method), value, tokens: tokensIn(reply ?? {}) });
      // The oldest is the one that was changed longest ago.
      changes.delete(id);
      changes.set(id, known);
      const [oldest] = changes.keys();
      if (changes.size > MOST_WORKFLOWS && oldest !== undefined) changes.delete(oldest);
    },
    before: ({ value }) => [...(changes.get(String(value['workflowId'])) ?? [])],
  };
}

/** Ids and tokens that another server makes up anew. */
export function tokensIn(reply: JsonObject): readonly string[] {
  return ['workflowId', 'claimToken'].flatMap((name) => {
    const found = reply[name];
    return typeof found === 'string' ? [found] : [];
  });
}
