import { BatonError } from '../model/errors.ts';
import type { WorkSource } from '../orchestrator/operations.ts';
import type { Clock } from '../ports/runtime.ts';

/** Renewals without an answer after which claims are given up, if a whole lease has passed as well. */
const MOST_UNANSWERED = 3;

/** The claims that a runner holds, kept while they are worked on. */
export interface Heartbeats {
  /** Renews the claim until `end` is called. Calls `lost` at most once, with why. */
  keep(claim: HeldClaim, lost: (error: BatonError) => void): { end(): void };
  /** The claim was taken away: its `lost` is called. */
  withdrawn(token: string): void;
  held(): readonly HeldClaim[];
}

interface HeldClaim {
  readonly workflowId: string;
  readonly token: string;
}

interface Kept extends HeldClaim {
  readonly since: number;
  lost(error: BatonError): void;
}

/**
 * Renews all claims of a runner together, each third of their lease. A claim is lost when the store says so.
 * That time has passed says nothing: a process that was paused for longer than its lease asks like any other,
 * and may still hold its claims. When the store does not answer, they are lost only after a whole lease of
 * asking: another worker may then have them.
 */
export function createHeartbeats({
  source,
  clock,
  leaseMs,
}: {
  readonly source: Pick<WorkSource, 'renewClaims'>;
  readonly clock: Clock;
  readonly leaseMs: number;
}): Heartbeats {
  const third = leaseMs / 3;
  const kept = new Map<string, Kept>();
  let cancel: (() => void) | undefined;
  let isAsking = false;
  let unanswered = 0;
  let firstUnanswered = 0;

  function plan(ms: number): void {
    cancel = clock.schedule(ms, () => void beat());
  }

  async function beat(): Promise<void> {
    cancel = undefined;
    isAsking = true;
    const asked = clock.now();
    const claims = [...kept.values()];
    const renewal = await renew(claims);
    isAsking = false;
    if (renewal.kind === 'answered') {
      unanswered = 0;
      claims.forEach((one, i) => {
        if (renewal.held[i] !== true) lose(one, `the claim on workflow ${one.workflowId} was lost`);
      });
    } else {
      if (unanswered === 0) firstUnanswered = asked;
      unanswered++;
      if (unanswered >= MOST_UNANSWERED) giveUp(claims, renewal.reason);
    }
    // A lost answer is asked for again at once, the next ones after a while.
    if (kept.size > 0) plan(unanswered === 1 ? 0 : third);
  }

  function giveUp(claims: readonly Kept[], cause: unknown): void {
    for (const one of claims) {
      if (clock.now() - Math.max(firstUnanswered, one.since) < leaseMs) continue;
      const message = `the claim on workflow ${one.workflowId} could not be renewed: ${unanswered} times without an answer`;
      lose(one, message, cause);
    }
  }

  function drop(token: string): boolean {
    const wasKept = kept.delete(token);
    if (kept.size === 0) {
      cancel?.();
      cancel = undefined;
      unanswered = 0;
    }
    return wasKept;
  }

  function lose(one: Kept, message: string, cause?: unknown): void {
    if (!drop(one.token)) return;
    one.lost(new BatonError('stale_claim', message, { cause }));
  }

  /** A renewal that is not answered within a third of the lease is as good as none. */
  function renew(claims: readonly HeldClaim[]): Promise<Renewal> {
    return new Promise((resolve) => {
      const noAnswer = { kind: 'unknown', reason: 'there was no answer' } as const;
      const late = clock.schedule(third, () => resolve(noAnswer));
      source
        .renewClaims({
          claims: claims.map(({ workflowId, token }) => ({ workflowId, token })),
          leaseMs,
        })
        .then((held): Renewal => ({ kind: 'answered', held }))
        .catch((reason): Renewal => ({ kind: 'unknown', reason }))
        .then((renewal) => {
          late();
          resolve(renewal);
        });
    });
  }

  return {
    keep(claim, lost) {
      kept.set(claim.token, { ...claim, lost, since: clock.now() });
      if (cancel === undefined && !isAsking) plan(third);
      return { end: () => void drop(claim.token) };
    },
    withdrawn(token) {
      const one = kept.get(token);
      if (one !== undefined) lose(one, `the claim on workflow ${one.workflowId} was withdrawn`);
    },
    held: () => [...kept.values()].map(({ workflowId, token }) => ({ workflowId, token })),
  };
}

type Renewal =
  | { readonly kind: 'answered'; readonly held: readonly boolean[] }
  | { readonly kind: 'unknown'; readonly reason: unknown };
