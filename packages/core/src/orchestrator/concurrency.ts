import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Accepted } from '../machine/command.ts';
import type { Taken } from '../machine/take-next.ts';
import { BatonError } from '../model/errors.ts';
import type { Principal } from '../model/principal.ts';
import type { Claim, WorkflowSnapshot } from '../model/workflow.ts';
import type { Clock } from '../ports/runtime.ts';
import type { Permit, WorkflowStore } from '../ports/workflow-store.ts';
import { createReachedLimits } from './reached-limits.ts';

/*
 * How much is performed at once. A claim is committed only by who holds a permit of each limit that it is under,
 * and the store gives no more permits than there are.
 * 1. A permit is taken before the commit of its claim, ends no earlier than the claim, and is extended before
 *    the claim is. So there are never more claims than permits.
 * 2. It is given back when the claim is gone. One that was not given back ends when the claim would have.
 */

/** Assignments that may be performed at once, over all processes on a store; each from 1. */
export interface ConcurrencyLimits {
  /** Of each project that `projects` does not name. Absent: no limit. */
  readonly perProject?: number | undefined;
  readonly projects?: Readonly<Record<string, number>> | undefined;
  readonly roles?: Readonly<Record<string, number>> | undefined;
  /** By model family, such as `claude`, of what workers say of their models. */
  readonly modelFamilies?: Readonly<Record<string, number>> | undefined;
}

const limit = z.int().min(1).max(1_000_000);
const limits = z.record(z.string().min(1).max(256), limit);

export const concurrencySchema = z.strictObject({
  perProject: limit.optional().describe('Of each project that has no limit of its own'),
  projects: limits.optional().describe('Of these projects'),
  roles: limits.optional().describe('Of these roles'),
  modelFamilies: limits.optional().describe('With models of these families'),
});

export interface Concurrency {
  /** Whether there is any limit. */
  readonly isLimited: boolean;
  /** Whether there may be a permit for such a claim, as far as is known here. */
  mayHave(projectId: string, role: string, principal: Principal): boolean;
  /** Whether such claims may have one in any project. */
  mayPerform(role: string, principal: Principal): boolean;
  /** A claim is tried: limits that were reached have less room for others. Returns how to undo that. */
  tries(projectId: string, role: string, principal: Principal): () => void;
  /**
   * Looks at all limits that were reached: permits may have come back in other processes.
   *
   * @throws BatonError `unavailable`.
   */
  lookAgain(): Promise<void>;
  /**
   * The decision with the permits that its new claim needs. Where there are none, what was decided without the
   * claim; a request for nothing but the claim is refused.
   *
   * @throws BatonError `limit_exceeded`, retryable; `unavailable`.
   */
  admit<R extends object>(
    before: WorkflowSnapshot | undefined,
    alone: Accepted<R>,
    whole: Accepted<Taken<R>>,
  ): Promise<Accepted<Taken<R>>>;
  /** Keeps the permits of a claim for longer; false: they are lost. */
  extend(claim: Claim, expiresAt: number): Promise<boolean>;
  /**
   * Gives back the permits of a claim that is gone, or was never made; not those of the one that stands, which
   * may have the same token.
   */
  giveBack(claim: Claim, standing?: Claim): void;
  /** Calls `listener` when there may be room below a limit that was reached. */
  onRoom(listener: () => void): void;
}

/** Limits that are looked at in one call. */
const MOST_LOOKED_AT = 500;

export function createConcurrency(
  limits: ConcurrencyLimits,
  store: WorkflowStore,
  clock: Clock,
): Concurrency {
  const { perProject, projects = {}, roles = {}, modelFamilies = {} } = limits;
  const isLimited = perProject !== undefined || [projects, roles, modelFamilies].some(hasAny);
  const limitsReached = createReachedLimits();
  const looker = randomUUID();
  let tell: () => void = () => undefined;

  function permitsFor(projectId: string, role: string, { modelFamilies: of }: Principal): Permit[] {
    const found: Permit[] = [];
    const add = (kind: string, name: string, max: number | undefined): void => {
      if (max !== undefined) found.push({ name: `${kind}:${name}`, max });
    };
    add('project', projectId, own(projects, projectId) ?? perProject);
    add('role', role, own(roles, role));
    for (const family of new Set(of)) add('family', family, own(modelFamilies, family));
    return found;
  }

  function mayPerform(role: string, { modelFamilies: of }: Principal): boolean {
    if (limitsReached.isEmpty()) return true;
    const now = clock.now();
    if (limitsReached.isReached(`role:${role}`, now)) return false;
    return of.every((family) => !limitsReached.isReached(`family:${family}`, now));
  }

  function addRoom(permits: readonly { readonly name: string }[], claims: number): void {
    for (const { name } of permits) limitsReached.hasRoom(name, claims);
  }

  /** Returns whether there is room below any of the limits. */
  async function lookAt(permits: readonly Permit[]): Promise<boolean> {
    const now = clock.now();
    // What is taken by this ends at once, but where it is all: then it is given back.
    const request = { permits, holder: looker, now, expiresAt: now + 1 };
    const full = new Set(await store.takePermits(request));
    if (full.size === 0) {
      const names = permits.map(({ name }) => name);
      await store.returnPermits(looker, names);
    }
    const open = permits.filter(({ name }) => !full.has(name));
    for (const permit of permits) if (full.has(permit.name)) limitsReached.reached(permit, now);
    addRoom(open, 1);
    return open.length > 0;
  }

  return {
    isLimited,
    mayHave(projectId, role, principal) {
      if (limitsReached.isEmpty()) return true;
      if (limitsReached.isReached(`project:${projectId}`, clock.now())) return false;
      return mayPerform(role, principal);
    },
    mayPerform,
    tries(projectId, role, principal) {
      if (limitsReached.isEmpty()) return () => undefined;
      const permits = permitsFor(projectId, role, principal);
      addRoom(permits, -1);
      return () => addRoom(permits, 1);
    },
    async lookAgain() {
      const reached = limitsReached.all(clock.now());
      let hasRoom = false;
      for (let first = 0; first < reached.length; first += MOST_LOOKED_AT) {
        const isOpen = await lookAt(reached.slice(first, first + MOST_LOOKED_AT));
        hasRoom ||= isOpen;
      }
      if (hasRoom) tell();
    },
    async admit(before, alone, whole) {
      const { snapshot } = whole.change;
      const { claim, projectId, role = '' } = snapshot;
      const isNew = (one: Claim | undefined): boolean =>
        one !== undefined && one.token !== before?.claim?.token;
      if (claim === undefined || !isNew(claim)) return whole;
      const permits = permitsFor(projectId, role, claim.principal);
      if (permits.length === 0) return whole;
      const { token: holder, expiresAt } = claim;
      const now = clock.now();
      const insteadOf = before?.claim?.token;
      const refused = await store.takePermits({ permits, holder, insteadOf, now, expiresAt });
      for (const permit of permits) {
        if (refused.includes(permit.name)) limitsReached.reached(permit, now);
        else addRoom([permit], 1);
      }
      if (refused.length === 0) {
        const admitted = { ...snapshot, claim: { ...claim, permits } };
        return { ...whole, change: { ...whole.change, snapshot: admitted } };
      }
      if (isNew(alone.change.snapshot.claim)) throw limitExceeded(refused, permits);
      return alone;
    },
    async extend({ permits, token: holder }, expiresAt) {
      if (permits === undefined) return true;
      const now = clock.now();
      return (await store.takePermits({ permits, holder, now, expiresAt })).length === 0;
    },
    giveBack({ permits = [], token }, standing) {
      const kept = standing?.token === token ? (standing.permits ?? []) : [];
      const gone = permits.filter(({ name }) => kept.every((one) => one.name !== name));
      if (gone.length === 0) return;
      const given = (): void => {
        addRoom(gone, 1);
        tell();
      };
      const names = gone.map(({ name }) => name);
      // What is not given back ends by itself.
      store.returnPermits(token, names).then(given, () => undefined);
    },
    onRoom(listener) {
      tell = listener;
    },
  };
}

function hasAny(limits: Readonly<Record<string, number>>): boolean {
  return Object.keys(limits).length > 0;
}

/** Names are the callers': `constructor` is none of ours. */
function own(limits: Readonly<Record<string, number>>, name: string): number | undefined {
  return Object.hasOwn(limits, name) ? limits[name] : undefined;
}

const KINDS: Readonly<Record<string, string>> = {
  project: 'project',
  role: 'role',
  family: 'model family',
};

function limitExceeded(names: readonly string[], permits: readonly Permit[]): BatonError {
  const reached = permits
    .filter(({ name }) => names.includes(name))
    .map(({ name, max }) => {
      const [kind = '', ...rest] = name.split(':');
      return `${KINDS[kind]} '${rest.join(':')}' has ${max} at once, its limit`;
    });
  const message = `no more assignments can be claimed now: ${reached.join('; ')}; try again when one has ended`;
  return new BatonError('limit_exceeded', message, { retryable: true });
}
