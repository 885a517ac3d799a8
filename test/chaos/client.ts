import type { Orchestrator } from '@baton/core';
import type { Action, Call, Outcome } from './call.ts';
import { perform } from './perform.ts';
import type { Random } from './random.ts';
import { WALK } from './walk.ts';

/** An orchestrator, and the time that it goes by. */
export interface Seat {
  readonly baton: Orchestrator;
  readonly now: number;
}

export interface ClientOptions {
  /** Unique in a run: requests are named by it. */
  readonly name: string;
  readonly random: Random;
  readonly seats: readonly Seat[];
  readonly workflows: readonly string[];
  /** From a clock that all clients share and that only grows. */
  readonly tick: () => number;
  /** Hears of a call before it is made, as one whose outcome is unknown, and again with its outcome. */
  readonly record: (call: Call) => void;
  readonly isOver: () => boolean;
  /** Passes some time after an answer that said nothing. */
  readonly rest: () => Promise<void>;
}

/** What a client believes of a workflow; others may have gone on. */
interface Belief {
  revision: number;
  state: string;
  token: string | undefined;
}

const LEASE_MS = 60_000;
/** A request is given up after so many answers that said nothing. */
const MAX_REPEATS = 200;

/** Asks, changes and claims workflows at random until `isOver`. */
export async function runClient(options: ClientOptions): Promise<void> {
  const { name, random, seats, workflows, tick, record, isOver, rest } = options;
  const beliefs = new Map<string, Belief>();
  const done: { workflowId: string; action: Action }[] = [];
  let requests = 0;

  async function call(seat: Seat, workflowId: string, action: Action): Promise<Outcome> {
    const { baton, now } = seat;
    const outcome: Outcome = { kind: 'unknown', code: 'no answer' };
    const asked = { client: name, workflowId, action, now, calledAt: tick() };
    record({ ...asked, answeredAt: Infinity, outcome });
    const answered = await perform(baton, workflowId, action);
    const answeredAt = answered.kind === 'unknown' ? Infinity : tick();
    record({ ...asked, answeredAt, outcome: answered });
    return answered;
  }

  /** Repeats most requests, on any seat, until the outcome is known. */
  async function insist(workflowId: string, action: Action): Promise<Outcome> {
    const once = !('requestId' in action) || random.chance(0.15);
    for (let repeats = 0; ; repeats++) {
      const outcome = await call(random.pick(seats), workflowId, action);
      if (outcome.kind !== 'unknown') return outcome;
      await rest();
      if (once || repeats === MAX_REPEATS) return outcome;
    }
  }

  while (!isOver()) {
    // A store may answer within one turn of the event loop. Other clients need their turn too.
    await new Promise(setImmediate);
    const repeated = done.length > 0 && random.chance(0.05) ? random.pick(done) : undefined;
    const workflowId = repeated?.workflowId ?? random.pick(workflows);
    const belief = beliefs.get(workflowId);
    const action =
      repeated?.action ??
      (belief === undefined
        ? ({ kind: 'status' } as const)
        : choose(random, belief, `${name}.${requests++}`));
    const outcome = await insist(workflowId, action);
    if (repeated !== undefined) continue;
    if (outcome.kind === 'ok' && 'requestId' in action) done.push({ workflowId, action });
    const next = believe(belief, action, outcome);
    if (next === undefined) beliefs.delete(workflowId);
    else beliefs.set(workflowId, next);
  }
}

function choose(random: Random, belief: Belief, id: string): Action {
  const { state, token } = belief;
  const expectedRevision = random.chance(0.5) ? belief.revision : undefined;
  const requestId = id;
  const luck = random.next();
  if (luck < 0.03) return { kind: 'cancel', requestId, expectedRevision };
  if (luck < 0.12 || state === 'complete') return { kind: 'status' };
  const isRetry = luck < (state === 'error' ? 0.5 : 0.17);
  if (isRetry) return { kind: 'request retry', requestId, expectedRevision };
  if (luck < 0.2 || state === 'error') {
    const targetState = random.pick(['discovery', 'discovery', 'planning', 'testing']);
    return { kind: 'rollback', requestId, targetState, expectedRevision };
  }
  if (token !== undefined && luck < 0.3) return { kind: 'renew', token, leaseMs: LEASE_MS };
  const claimable = token === undefined && WALK[state]?.isPhase;
  if (claimable && luck < 0.5) return { kind: 'claim', token: id, leaseMs: LEASE_MS };
  const givesUp = random.chance(0.04);
  const takes = random.chance(0.3) ? { token: `${id}.next`, leaseMs: LEASE_MS } : undefined;
  return {
    kind: 'advance',
    requestId,
    completedState: state,
    givesUp,
    expectedRevision,
    claimToken: token,
    takes,
  };
}

/** What to believe after an outcome; undefined: ask again. */
function believe(belief: Belief | undefined, action: Action, outcome: Outcome): Belief | undefined {
  if (outcome.kind !== 'ok') return undefined;
  const { revision, state, held } = outcome.answer;
  if (action.kind === 'renew') return held === true ? belief : undefined;
  if (action.kind === 'claim') {
    return belief && { ...belief, revision: belief.revision + 1, token: action.token };
  }
  const taken = outcome.answer['taken'];
  const known = action.kind === 'status' ? belief?.token : undefined;
  const token = typeof taken === 'string' ? taken : known;
  return { revision: Number(revision), state: String(state), token };
}
