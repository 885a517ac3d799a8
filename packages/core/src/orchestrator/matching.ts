import { BatonError } from '../model/errors.ts';
import { OVERTAKEN } from '../model/overtaken.ts';
import type { WorkflowEvent } from '../model/trail.ts';
import type { ClaimedAssignment } from '../model/views.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import type { WorkHint } from '../ports/runtime.ts';
import type { Renewal } from '../ports/workflow-store.ts';
import type { OrchestratorContext } from './context.ts';
import { expireOverdue } from './expire.ts';
import { load } from './load.ts';
import { createPauses } from './pauses.ts';
import { createReadyWork } from './ready-work.ts';
import { giveBack, takeUpWork } from './take-up-work.ts';
import { createTaker, type Taker, type TakerTerms } from './taker.ts';
import { createTakers } from './takers.ts';

/*
 * Gives work to the workers that wait for it.
 * 1. Work is given by the commit of its claim. The store is the truth: everything said here is a hint.
 * 2. The workers of one process never compete: a workflow is offered to one of them at a time.
 * 3. Commits of this process and the dispatcher's hints say where there may be work. A sweep, one for all
 *    workers, finds what hints have lost, and what comes without any: a claim that runs out.
 * 4. A worker has no more claims than it asked for, counted until they end or run out.
 */

/** How long a worker is not offered again what it could not take. */
const REST_MS = 1000;
/** The most that a store lists at once. */
const MOST_LISTED = 1000;

/** Gives work to the workers of this process. */
export interface Matching {
  /** Gives work to a worker until its stream ends. */
  register(terms: TakerTerms): Taker;
}

type Work = Required<Pick<WorkHint, 'workflowId'>> & { readonly role: string };

export function createMatching(context: OrchestratorContext): Matching {
  const { options, store, cache, definitions } = context;
  const { clock, dispatcher } = options;
  const ready = createReadyWork();
  const takers = createTakers();
  /** Workflows that a worker is about to take, and what was said of them meanwhile. */
  const underWay = new Map<string, Work | undefined>();
  const pauses = createPauses(clock, (workflowId, role) => offer({ workflowId, role }));
  let endSweeps: (() => void) | undefined;
  let isLooking = false;

  function offer(work: Work): void {
    const { role, workflowId } = work;
    if (underWay.has(workflowId)) return void underWay.set(workflowId, work);
    const taker = takers.free(role, workflowId, clock.now());
    if (taker !== undefined) void give(taker, work);
    else if (takers.want(role)) ready.add(role, workflowId);
  }

  async function give(taker: Taker, work: Work): Promise<void> {
    const { workflowId } = work;
    ready.remove(workflowId);
    underWay.set(workflowId, undefined);
    taker.reserve();
    let refusal: BatonError | undefined;
    try {
      const { next } = await takeUpWork(context, taker.offers, workflowId);
      if (next !== undefined) deliver(taker, next);
    } catch (reason) {
      refusal = BatonError.from(reason);
    }
    taker.unreserve();
    const again = underWay.get(workflowId);
    underWay.delete(workflowId);
    if (refusal !== undefined) refused(taker, work, refusal);
    if (again !== undefined) offer(again);
    fill(taker);
  }

  function deliver(taker: Taker, { claim, assignment }: ClaimedAssignment): void {
    const { workflowId } = assignment;
    taker.hold({ claim, assignment });
    takers.hold(workflowId, taker);
    // What came between the commit and this line had no holder to be told.
    const current = cache.get(workflowId);
    const isGone = current !== undefined && current.claim?.token !== claim.token;
    if (isGone) takers.release(workflowId);
    else taker.stream.push({ kind: 'assignment', claim, assignment });
  }

  function refused(taker: Taker, work: Work, error: BatonError): void {
    const snapshot = cache.get(work.workflowId);
    // Work by a definition that this process does not have is for another process.
    if (snapshot !== undefined && definitions.known(snapshot) === undefined) return;
    if (OVERTAKEN.has(error.code)) {
      if (snapshot !== undefined) pauses.await(snapshot);
      return;
    }
    taker.rest(work.workflowId, clock.now() + REST_MS);
    taker.trouble(work.workflowId, error);
    // What is not for this worker may be for another.
    if (error.code === 'not_owner') offer(work);
  }

  /** Gives a worker what it has room for: of what is known, and where that is not all, of the store's. */
  function fill(taker: Taker): void {
    const now = clock.now();
    while (taker.room() > 0) {
      const work = ready.take(taker.roles, (id) => !underWay.has(id) && taker.suits(id, now));
      if (work === undefined) break;
      void give(taker, work);
    }
    const wantsMore = taker.room() > 0 && taker.roles.some((role) => ready.isCut(role));
    if (wantsMore && !isLooking) void look([taker]);
  }

  async function look(looking: readonly Taker[]): Promise<void> {
    isLooking = true;
    try {
      for (const { id, role } of await claimable(looking)) {
        if (role !== undefined) offer({ role, workflowId: id });
      }
    } catch (reason) {
      for (const taker of looking) taker.trouble(undefined, BatonError.from(reason));
    }
    isLooking = false;
  }

  async function claimable(looking: readonly Taker[]): Promise<readonly WorkflowSnapshot[]> {
    const now = clock.now();
    const [one] = looking;
    if (looking.length === 1 && one?.workflowId !== undefined) {
      const { snapshot } = await load(context, one.workflowId);
      const { claim, notBefore } = snapshot;
      return notBefore <= now && (claim?.expiresAt ?? 0) <= now ? [snapshot] : [];
    }
    const roles = [...new Set(looking.flatMap((taker) => taker.roles))];
    const wanted = looking.reduce((sum, taker) => sum + taker.room() + taker.resting(), 0);
    const limit = Math.min(2 * wanted + underWay.size, MOST_LISTED);
    const found = await store.listClaimable({ roles, now, limit });
    for (const role of roles) ready.setCut(role, found.length === limit);
    // Work by a definition that this process does not have is for another process.
    return found.filter((snapshot) => definitions.known(snapshot) !== undefined);
  }

  /** What hints have lost is found by one look a process, however many workers wait. */
  async function sweep(): Promise<void> {
    for (const taker of takers.all()) await recheckExpired(taker);
    try {
      await options.clockReady();
      await expireOverdue(context);
    } catch (reason) {
      for (const taker of takers.all()) taker.trouble(undefined, BatonError.from(reason));
    }
    const waiting = [...takers.all()].filter((taker) => taker.room() > 0);
    const unbound = waiting.filter(({ workflowId }) => workflowId === undefined);
    if (unbound.length > 0) await look(unbound);
    for (const taker of waiting) if (taker.workflowId !== undefined) await look([taker]);
  }

  /**
   * A worker that has let a claim run out without a word is gone, or cannot be reached: it gets no more. It may
   * have renewed its claims in another process.
   */
  async function recheckExpired(taker: Taker): Promise<void> {
    for (const workflowId of taker.expired(clock.now())) {
      const token = taker.holds(workflowId);
      const claim = (await load(context, workflowId).catch(() => undefined))?.snapshot.claim;
      if (claim !== undefined && claim.token === token) {
        if (claim.expiresAt > clock.now()) {
          taker.renewed(workflowId, claim.expiresAt);
          continue;
        }
        const message = `the claim on workflow ${workflowId} ran out without a renewal: no more work is given to a worker that may be gone`;
        taker.stream.end(new BatonError('unavailable', message));
        return;
      }
      takers.release(workflowId);
    }
  }

  function startSweeps(): void {
    let isOver = false;
    let cancel: () => void = () => undefined;
    const again = (): void => {
      if (!isOver) cancel = clock.schedule(options.workPollMs, () => void sweep().then(again));
    };
    const unsubscribe = dispatcher?.subscribe(hinted);
    endSweeps = () => {
      isOver = true;
      cancel();
      unsubscribe?.();
    };
    again();
  }

  /** A commit of another process. */
  function hinted({ workflowId, role, origin }: WorkHint): void {
    if (origin === context.id) return;
    if (takers.holder(workflowId) !== undefined) void recheck(workflowId);
    if (role !== undefined) offer({ workflowId, role });
  }

  /** Whether a claim still holds, of which another process may know better. */
  async function recheck(workflowId: string): Promise<void> {
    const loaded = await load(context, workflowId).catch(() => undefined);
    const taker = takers.holder(workflowId);
    const token = taker?.holds(workflowId);
    if (token === undefined || loaded?.snapshot.claim?.token === token) return;
    withdraw(workflowId, token);
  }

  function withdraw(workflowId: string, claimToken: string): void {
    const taker = takers.release(workflowId);
    taker?.stream.push({ kind: 'withdrawn', workflowId, claimToken });
    if (taker !== undefined) fill(taker);
  }

  function committed(snapshot: WorkflowSnapshot, events: readonly WorkflowEvent[]): void {
    if (takers.all().size === 0) return;
    const { id: workflowId, role, claim, awaiting } = snapshot;
    ready.remove(workflowId);
    const taker = takers.holder(workflowId);
    const token = taker?.holds(workflowId);
    if (taker !== undefined && token !== undefined && claim?.token !== token) {
      if (events.some(({ type }) => type === 'attempt_lost')) withdraw(workflowId, token);
      // A claim that follows on another in one commit is of the same worker.
      else if (claim !== undefined) taker.goOn(workflowId, claim.token, claim.expiresAt);
      else takers.release(workflowId);
    }
    if (claim === undefined && role !== undefined && awaiting === undefined) {
      if (snapshot.notBefore <= clock.now()) offer({ workflowId, role });
      else pauses.await(snapshot);
    }
    if (taker !== undefined) fill(taker);
  }

  function renewed({ workflowId, token, expiresAt }: Renewal, held: boolean): void {
    const taker = takers.holder(workflowId);
    if (taker === undefined || taker.holds(workflowId) !== token) return;
    if (held) {
      taker.renewed(workflowId, expiresAt);
    } else {
      takers.release(workflowId);
      fill(taker);
    }
  }

  context.notifier.attach({ committed, renewed });
  return {
    register(terms) {
      const taker: Taker = createTaker(terms, (undelivered) => {
        takers.remove(taker);
        for (const role of taker.roles) if (!takers.want(role)) ready.clear(role);
        for (const work of undelivered)
          if (work.kind === 'assignment') void giveBack(context, work);
        if (takers.all().size > 0) return;
        endSweeps?.();
        endSweeps = undefined;
        pauses.clear();
      });
      takers.add(taker);
      for (const { workflowId } of terms.holding) takers.hold(workflowId, taker);
      if (endSweeps === undefined) startSweeps();
      if (taker.room() > 0) void look([taker]);
      return taker;
    },
  };
}
