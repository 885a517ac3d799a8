import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Assignment,
  BatonError,
  type DeclaredPrincipal,
  type Outcome,
  type RoleAdapter,
  type RoleContext,
  type WorkflowStatus,
} from '@baton/core';
import {
  type CheckedOutcome,
  claimableSchema,
  inCommon,
  outcomeSchema,
  validate,
} from '@baton/core/internal';
import { untilAborted } from '@baton/core/waits';
import { z } from 'zod';
import type { McpOperations } from '../mcp-options.ts';
import {
  reasonsOf,
  type SubmittedWork,
  type TakenWork,
  type WorkDesk,
  type WorkWanted,
} from './work-desk.ts';

/**
 * Lets clients perform roles of a runner in this process.
 *
 * 1. `waiting` has what a runner wants performed and no client has taken; `taken` what a client has.
 * 2. A piece of work leaves both when its attempt is over, for whatever reason.
 * 3. A role that asks again in the same attempt, for it refused the outcome, gets the same client.
 */
export interface RoleDesk extends WorkDesk {
  /** The role as its runner knows it: it waits for a client. */
  adapterOf(role: string, principal?: DeclaredPrincipal): RoleAdapter;
}

interface Work {
  readonly id: string;
  assignment: Assignment;
  readonly context: RoleContext;
  /** As which its role was claimed: what separations compare. */
  readonly principal: DeclaredPrincipal | undefined;
  readonly over: AbortSignal;
  /** Settles what the role waits for; absent while the runner checks what was submitted. */
  hand: ((outcome: Outcome) => void) | undefined;
}

/** How long a client waits for what checks say, in milliseconds. */
const CHECKS_MS = 20_000;
/** Milliseconds between two looks at what became of submitted work. */
const POLL_MS = 100;

/**
 * Creates a desk between clients and a runner: the runner claims, keeps claims, opens the workspace, checks
 * what was submitted and records the files.
 *
 * @example
 * import { createMemoryStore, createOrchestrator, createRunner } from '@baton/core';
 * import { createRoleDesk } from '@baton/mcp';
 * const source = createOrchestrator({ store: await createMemoryStore() });
 * const desk = createRoleDesk(source);
 * const runner = createRunner({ source, roles: [desk.adapterOf('code_writer')] });
 */
export function createRoleDesk({ status }: Pick<McpOperations, 'status'>): RoleDesk {
  const waiting: Work[] = [];
  const taken = new Map<string, Work>();
  /** Roles that builds of this process have clients perform. */
  const offered = new Set<string>();
  const closed = new AbortController();

  function find(workId: string): Work {
    const work = taken.get(workId);
    if (work !== undefined) return work;
    const message = `the work '${workId}' is over or was never taken: what was done is not taken; take work again`;
    throw new BatonError('stale_claim', message);
  }

  function end(work: Work): void {
    taken.delete(work.id);
    const at = waiting.indexOf(work);
    if (at >= 0) waiting.splice(at, 1);
  }

  /** The work of this attempt that was submitted and is asked for again. */
  function sameAttempt({ workflowId, epoch, state, attempt }: Assignment): Work | undefined {
    return [...taken.values()].find(
      ({ assignment: one }) =>
        one.workflowId === workflowId &&
        one.epoch === epoch &&
        one.state === state &&
        one.attempt === attempt,
    );
  }

  function enter(
    assignment: Assignment,
    context: RoleContext,
    principal: DeclaredPrincipal | undefined,
  ): Work {
    const again = sameAttempt(assignment);
    if (again !== undefined) {
      again.assignment = assignment;
      return again;
    }
    const over = AbortSignal.any([context.signal, closed.signal]);
    const id = randomUUID();
    const work: Work = { id, assignment, context, principal, over, hand: undefined };
    waiting.push(work);
    over.addEventListener('abort', () => end(work), { once: true });
    return work;
  }

  async function perform(...given: Parameters<typeof enter>): Promise<Outcome> {
    closed.signal.throwIfAborted();
    const work = enter(...given);
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    work.hand = resolve;
    return untilAborted(() => promise, work.over);
  }

  return {
    adapterOf(role, principal) {
      offered.add(role);
      const performs: RoleAdapter['perform'] = (assignment, context) =>
        perform(assignment, context, principal);
      return { role, ...(principal && { principal }), perform: performs };
    },
    async take({ roles, workflowId, principal }: WorkWanted) {
      refuseUnoffered(roles, offered);
      const at = waiting.findIndex(
        ({ assignment: one }) =>
          roles.includes(one.role) && (workflowId === undefined || one.workflowId === workflowId),
      );
      if (at < 0) return undefined;
      refuseOther(principal, waiting[at]?.principal);
      const [work] = waiting.splice(at, 1) as [Work];
      taken.set(work.id, work);
      return toTaken(work);
    },
    read: async (workId) => toTaken(find(workId)),
    async report(workId, messages) {
      const { context } = find(workId);
      for (const message of messages) context.progress(message);
    },
    async submit(workId, given) {
      const work = find(workId);
      const outcome = validate(outcomeSchema, given, 'the outcome');
      const { hand } = work;
      if (hand === undefined) return { kind: 'checking', reasons: [] };
      const reasons = violationsOf(outcome, work.assignment);
      if (reasons.length > 0) return { kind: 'refused', reasons };
      work.hand = undefined;
      hand(outcome);
      return settled(work);
    },
    async giveBack(workId) {
      const work = find(workId);
      taken.delete(workId);
      waiting.unshift(work);
    },
    async close() {
      closed.abort(new BatonError('unavailable', 'the clients that perform roles are gone'));
    },
  };

  /** What became of submitted work, as far as it is known soon. */
  async function settled(work: Work): Promise<SubmittedWork> {
    const soon = AbortSignal.timeout(CHECKS_MS);
    while (!soon.aborted) {
      if (work.hand !== undefined) {
        const { reason = 'it was refused' } = work.assignment.feedback ?? {};
        return { kind: 'refused', reasons: [reason] };
      }
      const found = await status({ workflowId: work.assignment.workflowId });
      if (isOver(found, work.assignment)) {
        end(work);
        if (hasMoved(found, work.assignment)) return { kind: 'handed_over', reasons: [] };
        throw overWithout(work.assignment);
      }
      await sleep(POLL_MS);
    }
    return { kind: 'checking', reasons: [] };
  }
}

/** @throws BatonError `wrong_state` when waiting is in vain: no build has a client perform one of the roles. */
function refuseUnoffered(roles: readonly string[], offered: ReadonlySet<string>): void {
  if (roles.some((role) => offered.has(role))) return;
  const message = `no build that was started here has a client act as ${roles.join(' or ')}: call start_build with the role in actAs; the same request goes on with the same build`;
  throw new BatonError('wrong_state', message, { legal: [...offered] });
}

/** @throws BatonError `not_owner` for a client of other models than the role was claimed for. */
function refuseOther(
  wanted: WorkWanted['principal'],
  claimed: DeclaredPrincipal | undefined,
): void {
  for (const kind of ['models', 'modelFamilies'] as const) {
    const declared = claimed?.[kind] ?? [];
    const other = wanted[kind].find((name) => inCommon([name], declared) === undefined);
    if (other === undefined) continue;
    const found = declared.length === 0 ? 'none' : declared.join(', ');
    const message = `principal.${kind}: found '${other}', and the role was claimed for ${found}, as start_build was told: leave it out, or start the build with this principal`;
    throw new BatonError('not_owner', message, { legal: declared });
  }
}

/** Whether an attempt is over, whatever came of it. */
function isOver(found: WorkflowStatus, assignment: Assignment): boolean {
  return (
    hasMoved(found, assignment) || found.claim === undefined || found.attempt !== assignment.attempt
  );
}

function hasMoved(found: WorkflowStatus, { state, epoch }: Assignment): boolean {
  return found.state !== state || found.epoch !== epoch || found.awaiting !== undefined;
}

function overWithout({ state, workflowId }: Assignment): BatonError {
  const message = `the attempt at '${state}' ended and its outcome was not accepted: wait_for_change says why; take work again`;
  return new BatonError('stale_claim', message, { metadata: { workflowId } });
}

function toTaken({ id, assignment, context }: Work): TakenWork {
  return { workId: id, assignment, folder: context.workspace?.path };
}

/** What is wrong with an output by its schema, with the paths of the fields. */
function violationsOf(outcome: CheckedOutcome, { outputSchema }: Assignment): readonly string[] {
  if (outcome.kind !== 'advance') return [];
  const { evidence: _, ...result } = outcome.result;
  try {
    validate(z.fromJSONSchema(claimableSchema(outputSchema) as never), result, 'the result');
    return [];
  } catch (reason) {
    return reasonsOf(BatonError.from(reason));
  }
}
