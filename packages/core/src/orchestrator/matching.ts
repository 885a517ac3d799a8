import { BatonError } from '../model/errors.ts';
import { OVERTAKEN } from '../model/overtaken.ts';
import type { WorkflowEvent } from '../model/trail.ts';
import type { ClaimedAssignment } from '../model/views.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import type { WorkHint } from '../ports/runtime.ts';
import type { Renewal } from '../ports/workflow-store.ts';
import { type PlacedWork, type Work, workOf } from './backlog.ts';
import type { OrchestratorContext } from './context.ts';
import { expireOverdue } from './expire.ts';
import { createLingering } from './lingering.ts';
import { load } from './load.ts';
import { createPauses } from './pauses.ts';
import { recheckExpired } from './recheck-expired.ts';
import { repeat } from './repeat.ts';
import { giveBack, takeUpWork } from './take-up-work.ts';
import { createTaker, type Taker, type TakerTerms } from './taker.ts';
import { mayClaim, openRoles, tries } from './turns.ts';
import { createWorkFinder } from './work-finder.ts';

/*
 * Gives work to the workers that wait for it.
 * 1. Work is given by the commit of its claim. The store is the truth: everything said here is a hint.
 * 2. The workers of one process never compete: a workflow is offered to one of them at a time.
 * 3. Commits of this process and the dispatcher's hints say where there may be work. A sweep, one for all
 *    workers, finds what hints have lost, and what comes without any: a claim that runs out.
 * 4. A worker has no more claims than it asked for, counted until they end or run out.
 * 5. Projects take turns: the backlog of one delays another by an assignment of each worker at most.
 */

/** How long a worker is not offered again what it could not take. */
const REST_MS = 1000;

/** Gives work to the workers of this process. */
export interface Matching {
  /** Gives work to a worker until its stream ends. */
  register(terms: TakerTerms): Taker;
}

export function createMatching(context: OrchestratorContext): Matching {
  const { options, cache, definitions, ready, takers, concurrency } = context;
  const { clock, dispatcher } = options;
  /** Workflows that a worker is about to take, and what was said of them meanwhile. */
  const underWay = new Map<string, Work | undefined>();
  const pauses = createPauses(clock, (snapshot) => offerOf(snapshot));
  const lingering = createLingering(clock);
  const finder = createWorkFinder(context);
  let endSweeps: (() => void) | undefined;
  let isLooking = false;

  function offer(work: Work): void {
    if (note(work, ready.hear)) giveOut(work);
  }

  /** Whether it waits now, and is wanted. */
  function note(work: Work, know: (work: Work) => void): boolean {
    const { role, workflowId } = work;
    if (underWay.has(workflowId)) {
      underWay.set(workflowId, work);
      return false;
    }
    if (!isWanted(role)) return false;
    know(work);
    return true;
  }

  function giveOut({ role, workflowId, projectId }: Work, isLooked = false): void {
    const now = clock.now();
    const mayHave = (taker: Taker): boolean =>
      taker.suits(workflowId, now) && mayClaim(context, taker.offers, projectId, role);
    let taker = takers.free(role, mayHave);
    while (taker !== undefined && fill(taker, isLooked)) taker = takers.free(role, mayHave);
  }

  function offerOf(snapshot: WorkflowSnapshot): void {
    for (const work of workOf(snapshot)) offer(work);
  }

  function isWanted(role: string): boolean {
    if (takers.want(role) || lingering.has(role)) return true;
    ready.clear(role);
    return false;
  }

  async function give(taker: Taker, work: PlacedWork): Promise<void> {
    const { workflowId } = work;
    ready.remove(workflowId);
    underWay.set(workflowId, undefined);
    taker.reserve();
    const untry = tries(context, taker.offers, work);
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
    if (refusal !== undefined) {
      if (refusal.code !== 'limit_exceeded') untry();
      refused(taker, work, refusal);
    }
    if (again !== undefined) offer(again);
    fill(taker);
  }

  function deliver(taker: Taker, { claim, assignment }: ClaimedAssignment): void {
    const { workflowId } = assignment;
    taker.hold({ claim, assignment });
    takers.hold(workflowId, taker, assignment.projectId);
    // What came between the commit and this line had no holder to be told.
    const current = cache.get(workflowId);
    const isGone = current !== undefined && current.claim?.token !== claim.token;
    if (isGone) takers.release(workflowId);
    else taker.stream.push({ kind: 'assignment', claim, assignment });
  }

  function refused(taker: Taker, work: PlacedWork, error: BatonError): void {
    const snapshot = cache.get(work.workflowId);
    if (error.code === 'limit_exceeded') {
      // As many as may be are under way: it waits for its turn, as what it is by now.
      const { place } = work;
      for (const one of snapshot === undefined ? [] : workOf(snapshot)) {
        if (isWanted(one.role)) ready.putBack({ ...one, place });
      }
      return;
    }
    // Work by a definition that this process does not have is for another process.
    if (snapshot !== undefined && definitions.known(snapshot) === undefined) return;
    if (OVERTAKEN.has(error.code)) {
      if (snapshot !== undefined) pauses.await(snapshot);
      return;
    }
    context.notifier.announce(work);
    taker.rest(work.workflowId, clock.now() + REST_MS);
    taker.trouble(work.workflowId, error);
    // What is not for this worker may be for another.
    if (error.code === 'not_owner') offer(work);
  }

  /**
   * Gives a worker what it has room for: of what is known, and where that is not all, of the store's. Returns
   * whether there was any.
   *
   * @param isLooked whether the store was asked just now: it is asked again only once something was given.
   */
  function fill(taker: Taker, isLooked = false): boolean {
    const now = clock.now();
    const isOpen = (projectId: string, role: string): boolean =>
      mayClaim(context, taker.offers, projectId, role);
    let given = 0;
    while (taker.room() > 0) {
      const suits = (id: string): boolean => !underWay.has(id) && taker.suits(id, now);
      const work = ready.take(taker.roles, isOpen, suits);
      if (work === undefined) break;
      given++;
      void give(taker, work);
    }
    const isShort = (): boolean =>
      taker.roles.some(ready.isShort) && openRoles(context, taker.offers).some(ready.isShort);
    const mayLook = taker.workflowId === undefined && !isLooking && (given > 0 || !isLooked);
    if (mayLook && isShort()) void look(() => finder.workFor([taker], underWay.size));
    return given > 0;
  }

  async function look(find: () => Promise<readonly WorkflowSnapshot[]>): Promise<void> {
    isLooking = true;
    let isNews = false;
    const isKnown = ({ id }: WorkflowSnapshot): boolean => ready.has(id) || underWay.has(id);
    try {
      // Work by a definition that this process does not have is for another process.
      const found = (await find()).filter((one) => definitions.known(one) !== undefined);
      const news = found.filter((one) => !isKnown(one));
      // All are known before any is given: projects take turns.
      const waiting = found.flatMap(workOf).filter((work) => note(work, ready.add));
      for (const work of waiting) giveOut(work, true);
      // What there is no place for is not known afterwards either.
      isNews = news.some(isKnown);
    } catch (reason) {
      for (const taker of takers.all()) {
        if (taker.room() > 0) taker.trouble(undefined, BatonError.from(reason));
      }
    }
    isLooking = false;
    // There may be more to look for; what was known before would only be found again.
    if (isNews) fillAll(true);
  }

  function fillAll(isLooked: boolean): void {
    for (const taker of takers.all()) if (taker.room() > 0) fill(taker, isLooked);
  }

  /** What hints have lost is found by one look a process, however many workers wait. */
  async function sweep(): Promise<void> {
    for (const taker of takers.all()) await recheckExpired(context, taker);
    try {
      await options.clockReady();
      await expireOverdue(context);
      await concurrency.lookAgain();
    } catch (reason) {
      for (const taker of takers.all()) taker.trouble(undefined, BatonError.from(reason));
    }
    const waiting = [...takers.all()].filter((taker) => taker.room() > 0);
    const unbound = waiting.filter(({ workflowId }) => workflowId === undefined);
    if (unbound.length > 0) await look(() => finder.workFor(unbound, underWay.size));
    const bound = waiting.flatMap(({ workflowId }) => workflowId ?? []);
    if (bound.length > 0) await look(() => finder.changedOf([...new Set(bound)]));
    await lookForOthers();
  }

  /** Where there is more than is known here, it may be of projects that are not known to wait. */
  async function lookForOthers(): Promise<void> {
    const wanted = [...takers.all()].flatMap(({ offers }) => openRoles(context, offers));
    const roles = [...new Set(wanted)].filter((role) => ready.isCut(role));
    if (roles.length > 0) await look(() => finder.othersFor(roles));
  }

  /** Returns what ends them. */
  function startSweeps(): () => void {
    const stop = repeat(clock, options.workPollMs, sweep);
    const unsubscribe = dispatcher?.subscribe(hinted);
    return () => {
      stop();
      unsubscribe?.();
    };
  }

  /** A commit of another process. */
  function hinted({ workflowId, role, projectId = '', priority = 0, origin }: WorkHint): void {
    if (origin === context.id) return;
    if (takers.holder(workflowId) !== undefined) void recheck(workflowId);
    if (role !== undefined) offer({ workflowId, role, projectId, priority });
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
    if (takers.all().size === 0 && lingering.isEmpty()) return;
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
      if (snapshot.notBefore <= clock.now()) offerOf(snapshot);
      else if (takers.want(role)) pauses.await(snapshot);
    }
    if (taker !== undefined) fill(taker);
  }

  function renewed({ workflowId, token, expiresAt }: Renewal, held: boolean): void {
    const taker = takers.holder(workflowId);
    if (taker === undefined || taker.holds(workflowId) !== token) return;
    if (held) return void taker.renewed(workflowId, expiresAt);
    takers.release(workflowId);
    fill(taker);
  }

  context.notifier.attach({ committed, renewed, isTaking: (id) => underWay.has(id) });
  concurrency.onRoom(() => fillAll(false));
  return {
    register(terms) {
      const taker: Taker = createTaker(terms, (undelivered) => {
        takers.remove(taker);
        lingering.add(taker.roles.filter((role) => !takers.want(role)));
        for (const work of undelivered)
          if (work.kind === 'assignment') void giveBack(context, work);
        if (takers.all().size > 0) return;
        endSweeps?.();
        endSweeps = undefined;
        pauses.clear();
      });
      takers.add(taker);
      for (const { workflowId } of terms.holding) takers.hold(workflowId, taker, undefined);
      endSweeps ??= startSweeps();
      if (taker.room() > 0) void look(() => finder.workFor([taker], underWay.size));
      return taker;
    },
  };
}
