import type { ClaimTerms } from '../machine/command.ts';
import type { BatonError } from '../model/errors.ts';
import type { ClaimedAssignment, TakenWork } from '../model/views.ts';
import { createWorkStream, type WorkStream } from './work-stream.ts';

/** What a worker that waits for work has asked for. */
export interface TakerTerms {
  readonly offers: readonly ClaimTerms[];
  /** Claims that it may hold at once. */
  readonly capacity: number;
  /** Its only workflow. */
  readonly workflowId: string | undefined;
  /** Claims that it has already. */
  readonly holding: readonly Holding[];
}

interface Holding {
  readonly workflowId: string;
  readonly token: string;
  readonly expiresAt: number;
}

/** A worker that waits for work, and what it holds. */
export interface Taker extends TakerTerms {
  readonly roles: readonly string[];
  readonly stream: WorkStream<TakenWork>;
  /** Claims that it can take now. */
  room(): number;
  /** Whether it may be given work of the workflow, if it has room. */
  suits(workflowId: string, now: number): boolean;
  /** Holds a place for a claim that is being made. */
  reserve(): void;
  unreserve(): void;
  hold(work: ClaimedAssignment): void;
  /** The claim has gone on to the next phase of its workflow. */
  goOn(workflowId: string, token: string, expiresAt: number): void;
  /** The token of its claim on the workflow. */
  holds(workflowId: string): string | undefined;
  renewed(workflowId: string, expiresAt: number): void;
  drop(workflowId: string): void;
  /** Workflows whose claims have run out, by what is known here. */
  expired(now: number): readonly string[];
  /** Is not offered the workflow before that time. */
  rest(workflowId: string, until: number): void;
  resting(): number;
  trouble(workflowId: string | undefined, error: BatonError): void;
}

/** @param onEnd called once, with what was claimed and not delivered. */
export function createTaker(
  terms: TakerTerms,
  onEnd: (undelivered: readonly TakenWork[]) => void,
): Taker {
  const held = new Map(terms.holding.map((one) => [one.workflowId, one]));
  const resting = new Map<string, number>();
  let reserved = 0;
  let isSpent = false;
  let hasLeft = false;
  const stream = createWorkStream<TakenWork>((undelivered) => {
    hasLeft = true;
    onEnd(undelivered);
  });
  return {
    ...terms,
    roles: [...new Set(terms.offers.flatMap(({ roles }) => roles))],
    stream,
    room: () => (isSpent || hasLeft ? 0 : terms.capacity - held.size - reserved),
    suits(workflowId, now) {
      if (terms.workflowId !== undefined && terms.workflowId !== workflowId) return false;
      const until = resting.get(workflowId);
      if (until !== undefined && until <= now) resting.delete(workflowId);
      return until === undefined || until <= now;
    },
    reserve: () => void reserved++,
    unreserve: () => void reserved--,
    hold({ assignment: { workflowId }, claim: { token, expiresAt } }) {
      held.set(workflowId, { workflowId, token, expiresAt });
      isSpent = terms.offers.some((offer) => offer.token !== undefined);
    },
    goOn: (workflowId, token, expiresAt) =>
      void held.set(workflowId, { workflowId, token, expiresAt }),
    holds: (workflowId) => held.get(workflowId)?.token,
    renewed(workflowId, expiresAt) {
      const before = held.get(workflowId);
      if (before !== undefined) held.set(workflowId, { ...before, expiresAt });
    },
    drop(workflowId) {
      held.delete(workflowId);
      if (isSpent && held.size === 0) stream.end();
    },
    expired: (now) => [...held].flatMap(([id, { expiresAt }]) => (expiresAt <= now ? [id] : [])),
    rest: (workflowId, until) => void resting.set(workflowId, until),
    resting: () => resting.size,
    trouble: (workflowId, error) => stream.push({ kind: 'trouble', workflowId, error }),
  };
}
