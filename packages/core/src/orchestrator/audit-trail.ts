import type { WorkflowEvent } from '../model/trail.ts';
import { type ChainEnd, eventDigest, PREVIOUS_DIGEST } from './event-chain.ts';

/** What an audit trail was found to be. */
export type Audit =
  | {
      readonly kind: 'unchanged';
      /** Its end; undefined when there is no event. */
      readonly head: ChainEnd | undefined;
      /** The first event that the last head stands for, and all behind it; those before it have no chain. */
      readonly chainedFrom: number;
    }
  | { readonly kind: 'changed'; readonly problem: AuditProblem };

export interface AuditProblem {
  readonly kind: 'differs' | 'missing' | 'added';
  /** The event, or the first that it may be. */
  readonly from: number;
  /** The last that it may be: equal to `from` where it is known. */
  readonly to: number;
}

/**
 * Follows the chain of a workflow's events, and compares it with heads that were kept elsewhere. The events between
 * two heads are told apart by their links: whoever changes one has to change all links behind it, up to a head.
 *
 * @param events all of the workflow's, as the store has them.
 * @param heads ends of its chain at earlier times, in any order.
 * @param last the number of the last event, as the workflow itself says.
 */
export async function auditTrail(
  events: AsyncIterable<WorkflowEvent> | Iterable<WorkflowEvent>,
  heads: readonly ChainEnd[],
  last: () => Promise<number>,
): Promise<Audit> {
  let end: ChainEnd | undefined;
  let chainedFrom = 1;
  /** The last event that a head vouches for. */
  let vouched = 0;
  for await (const event of events) {
    const number = (end?.sequence ?? 0) + 1;
    if (event.sequence > number) return changed('missing', number);
    if (event.sequence < number) return changed('added', event.sequence);
    const link = event.data[PREVIOUS_DIGEST];
    if (typeof link !== 'string') chainedFrom = number;
    else if (link !== end?.digest) return changed('differs', Math.max(1, number - 1));
    end = { sequence: number, digest: eventDigest(event) };
    const here = heads.filter(({ sequence }) => sequence === number);
    if (here.some(({ digest }) => digest !== end?.digest)) {
      return changed('differs', Math.max(vouched + 1, chainedFrom), number);
    }
    if (here.length > 0) vouched = number;
  }
  const found = end?.sequence ?? 0;
  const expected = Math.max(await last(), ...heads.map(({ sequence }) => sequence));
  if (expected > found) return changed('missing', found + 1);
  if (expected < found) return changed('added', expected + 1);
  return { kind: 'unchanged', head: end, chainedFrom };
}

function changed(kind: AuditProblem['kind'], from: number, to = from): Audit {
  return { kind: 'changed', problem: { kind, from, to } };
}
