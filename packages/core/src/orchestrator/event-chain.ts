import { hash } from 'node:crypto';
import { canonicalJson } from '../model/canonical-json.ts';
import type { JsonObject } from '../model/json.ts';
import type { WorkflowEvent } from '../model/trail.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';

/*
 * The events of a workflow are a chain: each has the digest of the one before it as `previousDigest` in its data. So
 * the digest of the last one stands for all of them, and kept elsewhere it shows whether any was changed, removed
 * or added since. `null` says that the chain begins with this event: the first one, or one that follows events of
 * a version of Baton that made no chain.
 */

export const PREVIOUS_DIGEST = 'previousDigest';

/** SHA-256 in base64url of an event as canonical JSON: sorted members, no blanks, numbers as JavaScript writes them. */
export function eventDigest(event: WorkflowEvent): string {
  const { at, data, epoch, revision, sequence, triggeredBy, type, workflowId } = event;
  const texts = [triggeredBy, type, workflowId].map((text) => JSON.stringify(text));
  return hash(
    'sha256',
    `{"at":${at},"data":${canonicalJson(data)},"epoch":${epoch},"revision":${revision},"sequence":${sequence},"triggeredBy":${texts[0]},"type":${texts[1]},"workflowId":${texts[2]}}`,
    'base64url',
  );
}

/** The end of a chain: the number and the digest of its last event. */
export type ChainEnd = NonNullable<WorkflowSnapshot['chain']>;

/** Links events to those before them. */
export function chained(
  before: WorkflowSnapshot | undefined,
  events: readonly WorkflowEvent[],
): { readonly events: readonly WorkflowEvent[]; readonly chain: ChainEnd | undefined } {
  const known = before?.chain;
  // A version that knows no chain may have written since.
  let end = known?.sequence === before?.sequence ? known : undefined;
  const linked: WorkflowEvent[] = [];
  for (const event of events) {
    const data: JsonObject = { ...event.data, [PREVIOUS_DIGEST]: end?.digest ?? null };
    const one = { ...event, data };
    linked.push(one);
    end = { sequence: event.sequence, digest: eventDigest(one) };
  }
  return { events: linked, chain: end };
}
