import { randomUUID } from 'node:crypto';
import { type AvailableWork, BatonError, type ErrorCode, type WorkSource } from '@baton/core';
import { type CheckedOutcome, outcomeSchema, validate } from '@baton/core/internal';
import { z } from 'zod';
import { reasonsOf, type TakenWork, type WorkDesk, type WorkWanted } from './work-desk.ts';

/** How long a client may be silent before others get its work. */
const LEASE_MS = 15 * 60_000;
/** Offers that are looked at before a client is told that there is none. */
const MOST_OFFERS = 20;

/** Another client was faster, or the offer is not for this one: the next may be. */
const PASSED_BY: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'wrong_state',
  'stale_revision',
  'stale_claim',
  'not_owner',
  'timed_out',
  'budget_spent',
  'not_found',
]);
/** The output has to be corrected; the claim is still there. */
const TO_CORRECT: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'invalid_input',
  'gate_not_passed',
  'limit_exceeded',
  'illegal_transition',
]);

/** What a claim is held by. The client keeps it, so that any process can serve the next call. */
const holdSchema = z.object({
  workflowId: z.string(),
  token: z.string(),
  role: z.string(),
  state: z.string(),
  worker: z.string(),
  principal: z.object({ models: z.array(z.string()), modelFamilies: z.array(z.string()) }),
});

type Hold = z.infer<typeof holdSchema>;

/** What a desk needs of an orchestrator, here or behind a wire. */
type DeskSource = Pick<
  WorkSource,
  | 'listClaimable'
  | 'claim'
  | 'renewClaim'
  | 'advance'
  | 'requestRetry'
  | 'ask'
  | 'failAttempt'
  | 'reportProgress'
>;

/**
 * A desk that claims work of an orchestrator for its clients. It keeps nothing: the id of the work holds the
 * claim. A claim lasts for 15 minutes from the last call about it.
 *
 * @example
 * import { createMemoryStore, createOrchestrator } from '@baton/core';
 * import { createClaimDesk } from '@baton/mcp';
 * const desk = createClaimDesk(createOrchestrator({ store: await createMemoryStore() }));
 */
export function createClaimDesk(source: DeskSource): WorkDesk {
  async function claimOne(
    work: AvailableWork,
    { worker, roles, principal }: WorkWanted,
  ): Promise<TakenWork> {
    const { workflowId, role, state } = work;
    if (work.kind === 'handoff') {
      const { revision: expectedRevision } = work;
      await source.advance({ workflowId, role, completedState: state, expectedRevision });
    }
    const token = randomUUID();
    const claim = { workflowId, worker, roles: [...roles], principal, token, leaseMs: LEASE_MS };
    const { assignment } = await source.claim(claim);
    const hold = { workflowId, token, worker, principal: copyOf(principal) };
    const workId = toWorkId({ ...hold, role: assignment.role, state: assignment.state });
    return { workId, assignment, folder: undefined };
  }

  /** @throws BatonError `stale_claim` when the claim is lost. */
  async function keep({ workflowId, token, state }: Hold): Promise<void> {
    if (await source.renewClaim({ workflowId, token, leaseMs: LEASE_MS })) return;
    const message = `the claim on '${state}' of build ${workflowId} is lost: what was done under it is not taken; take work again`;
    throw new BatonError('stale_claim', message, { metadata: { workflowId } });
  }

  return {
    async take(wanted) {
      const { roles, workflowId } = wanted;
      const offers = await source.listClaimable({
        ...{ roles: [...roles], limit: MOST_OFFERS },
        ...(workflowId !== undefined && { workflowId }),
      });
      for (const offer of offers) {
        try {
          return await claimOne(offer, wanted);
        } catch (reason) {
          // Who asks for one build wants to know why it does not get that.
          if (workflowId !== undefined || !PASSED_BY.has(BatonError.from(reason).code))
            throw reason;
        }
      }
      return undefined;
    },
    async read(workId) {
      const hold = toHold(workId);
      await keep(hold);
      const { workflowId, worker, role, principal, token } = hold;
      // Claiming again by the same token is the same claim.
      const claim = { workflowId, worker, roles: [role], principal, token, leaseMs: LEASE_MS };
      const { assignment } = await source.claim(claim);
      return { workId, assignment, folder: undefined };
    },
    async report(workId, messages) {
      const hold = toHold(workId);
      await keep(hold);
      const { workflowId, token: claimToken } = hold;
      await source.reportProgress({ workflowId, claimToken, messages: [...messages] });
    },
    async submit(workId, given) {
      const hold = toHold(workId);
      const outcome = validate(outcomeSchema, given, 'the outcome');
      try {
        await hand(source, hold, outcome);
        return { kind: 'handed_over', reasons: [] };
      } catch (reason) {
        const error = BatonError.from(reason);
        if (!TO_CORRECT.has(error.code)) throw error;
        await keep(hold);
        return { kind: 'refused', reasons: reasonsOf(error) };
      }
    },
    async giveBack(workId) {
      const { workflowId, token: claimToken } = toHold(workId);
      const givenBack = { code: 'cancelled', message: 'the client has gone', retryable: true };
      await source.failAttempt({ workflowId, claimToken, ...givenBack });
    },
    async close() {},
  };
}

/** Reports an outcome under the claim: twice is once. */
async function hand(source: DeskSource, hold: Hold, outcome: CheckedOutcome): Promise<void> {
  const { workflowId, token: claimToken, role, state } = hold;
  const common = { workflowId, claimToken };
  switch (outcome.kind) {
    case 'advance': {
      const { evidence: _, ...result } = outcome.result;
      const { nextState } = outcome;
      await source.advance({ ...common, role, completedState: state, result, nextState });
      return;
    }
    case 'request_retry': {
      const { reason, details, targetState } = outcome;
      await source.requestRetry({ ...common, by: role, reason, details, targetState });
      return;
    }
    case 'ask':
      await source.ask({ ...common, questions: outcome.questions });
      return;
    case 'fail': {
      const failure = { code: 'role_failed', message: outcome.reason, retryable: false };
      await source.failAttempt({ ...common, ...failure });
      return;
    }
  }
}

function copyOf({ models, modelFamilies }: WorkWanted['principal']): Hold['principal'] {
  return { models: [...models], modelFamilies: [...modelFamilies] };
}

function toWorkId(hold: Hold): string {
  return Buffer.from(JSON.stringify(hold)).toString('base64url');
}

/** @throws BatonError `invalid_input` for an id that no desk has given. */
function toHold(workId: string): Hold {
  try {
    return holdSchema.parse(JSON.parse(Buffer.from(workId, 'base64url').toString()));
  } catch {
    const description = 'expected an id as take_work answers it';
    throw new BatonError('invalid_input', `workId: ${description}`, {
      violations: [{ field: 'workId', description }],
    });
  }
}
