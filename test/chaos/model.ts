import type { Action, Answer, Call } from './call.ts';
import type { Operation } from './linearizability.ts';
import { WALK } from './walk.ts';

/** The expected state of one workflow, updated by one operation after another. */
export interface Model {
  readonly revision: number;
  readonly epoch: number;
  readonly state: string;
  /** The phases so far. The last is the current or the failed one. */
  readonly path: readonly string[];
  readonly retries: number;
  readonly claim: { readonly token: string; readonly expiresAt: number } | undefined;
  /** Who has cancelled it; undefined where it runs, has failed or is complete. */
  readonly cancelledBy: string | undefined;
  /** The earliest time of the next claim. */
  readonly notBefore: number;
  readonly replies: Readonly<Record<string, Answer>>;
  /** The model to return to when the store forgets. */
  readonly saved: Model | undefined;
  /** Number of saves and losses. It makes each later state differ from all earlier ones. */
  readonly setbacks: number;
}

export const MAX_RETRIES = 3;

/** @param now the time at which it was started. */
export function startedModel(now: number): Model {
  return {
    revision: 1,
    epoch: 1,
    state: 'discovery',
    path: ['discovery'],
    retries: 0,
    claim: undefined,
    cancelledBy: undefined,
    notBefore: now,
    replies: {},
    saved: undefined,
    setbacks: 0,
  };
}

export function keyOf(model: Model): string {
  const { revision, epoch, state, retries, claim, notBefore, replies, saved, setbacks } = model;
  const { cancelledBy } = model;
  const answers = Object.entries(replies).map(([id, answer]) => `${id}=${answer['revision']}`);
  const held = claim && `${claim.token}@${claim.expiresAt}`;
  const now = [revision, epoch, state, retries, held, cancelledBy, notBefore, ...answers].join(' ');
  return saved === undefined ? now : `${setbacks}: ${now} / ${keyOf(saved)}`;
}

/** From now on it is this state that is gone back to. */
export function save(model: Model): Model {
  return { ...model, saved: { ...model, saved: undefined }, setbacks: model.setbacks + 1 };
}

/** Everything since the last save never happened. */
export function forget({ saved, setbacks }: Model): Model | undefined {
  return saved && { ...saved, saved, setbacks: setbacks + 1 };
}

/** A call as the checker tries it. */
export function toOperation({ client, action, now, ...call }: Call): Operation<Model> {
  const { outcome, calledAt, answeredAt } = call;
  return {
    name: `${client}: ${JSON.stringify(action)} → ${JSON.stringify(outcome)}`,
    calledAt,
    answeredAt,
    step(model) {
      const expected = decide(model, action, now);
      switch (outcome.kind) {
        case 'unknown':
          return typeof expected === 'string' ? model : expected.after;
        case 'refused':
          if (expected === outcome.code) return model;
          // The claim was taken, and lost before its holder was told what to do.
          if (action.kind !== 'claim' || outcome.code !== 'stale_claim') return undefined;
          return typeof expected === 'string' ? undefined : expected.after;
        case 'ok':
          if (typeof expected === 'string') return undefined;
          return isExplained(expected.answer, outcome.answer) ? expected.after : undefined;
      }
    },
  };
}

interface Accepted {
  readonly after: Model;
  readonly answer: Answer;
}

/** What has to come of `action`, or the code with which it has to be refused. */
function decide(model: Model, action: Action, now: number): Accepted | string {
  if (action.kind === 'status') return { after: model, answer: statusOf(model) };
  if (action.kind === 'renew') return renew(model, action.token, now + action.leaseMs);
  if (action.kind === 'claim') return claim(model, action.token, now, now + action.leaseMs);
  const replied = model.replies[action.requestId];
  if (replied !== undefined) {
    // What came with it is given again as long as its claim holds.
    const isHeld = replied['taken'] === model.claim?.token;
    return { after: model, answer: isHeld ? replied : { ...replied, taken: undefined } };
  }
  const stale = action.expectedRevision !== undefined && action.expectedRevision !== model.revision;
  if (stale) return 'stale_revision';
  const claimToken = action.kind === 'advance' ? action.claimToken : undefined;
  if (claimToken !== undefined && claimToken !== model.claim?.token) return 'stale_claim';
  if (model.state === 'complete') return 'wrong_state';
  const changed = change(model, action, now);
  if (typeof changed === 'string') return changed;
  const { revision, epoch, state, cancelledBy } = changed;
  const taken = action.kind === 'advance' ? changed.claim?.token : undefined;
  const answer: Answer = { revision, epoch, state, taken, cancelledBy };
  return {
    after: { ...changed, replies: { ...model.replies, [action.requestId]: answer } },
    answer,
  };
}

type Change = Extract<Action, { readonly requestId: string }>;

function change(model: Model, action: Change, now: number): Model | string {
  switch (action.kind) {
    case 'advance':
      return advance(model, action, now);
    case 'request retry':
      return requestRetry(model, now);
    case 'rollback':
      if (!model.path.includes(action.targetState)) return 'illegal_transition';
      return { ...backTo(model, action.targetState, now), retries: 0 };
    case 'cancel':
      if (model.state === 'error') return 'wrong_state';
      return { ...enter(model, 'error', now), cancelledBy: action.requestId };
  }
}

function advance(model: Model, action: Change & { kind: 'advance' }, now: number): Model | string {
  const { state, claim } = model;
  const place = WALK[state];
  if (state !== action.completedState || place === undefined) return 'wrong_state';
  const isHolder = action.claimToken !== undefined;
  if (!isHolder && claim !== undefined && claim.expiresAt > now) return 'stale_claim';
  if (action.givesUp) return enter(model, 'error', now);
  const next = moveTo(model, place.next, now);
  return action.takes === undefined ? next : takeNext(next, action.takes, now);
}

function moveTo(model: Model, state: string, now: number): Model {
  const next = enter(model, state, now);
  return WALK[state]?.isPhase ? { ...next, path: [...model.path, state] } : next;
}

/** Each of its steps has a revision, as if it came by itself. */
function takeNext(
  model: Model,
  { token, leaseMs }: { readonly token: string; readonly leaseMs: number },
  now: number,
): Model {
  const place = WALK[model.state];
  if (place === undefined) return model;
  if (!place.isPhase) return takeNext(moveTo(model, place.next, now), { token, leaseMs }, now);
  return { ...model, revision: model.revision + 1, claim: { token, expiresAt: now + leaseMs } };
}

/** By a person, whom no claim keeps from it. */
function requestRetry(model: Model, now: number): Model | string {
  const { state, path, retries } = model;
  const inError = state === 'error';
  const target = inError ? path.at(-1) : WALK[state]?.retryTo;
  if (target === undefined || !path.includes(target)) return 'illegal_transition';
  if (retries < MAX_RETRIES) return { ...backTo(model, target, now), retries: retries + 1 };
  return inError ? 'budget_spent' : enter(model, 'error', now);
}

function claim(model: Model, token: string, now: number, expiresAt: number): Accepted | string {
  if (!WALK[model.state]?.isPhase) return 'wrong_state';
  if (model.claim !== undefined && model.claim.expiresAt > now) return 'stale_claim';
  if (model.notBefore > now) return 'wrong_state';
  const after = { ...model, revision: model.revision + 1, claim: { token, expiresAt } };
  return { after, answer: { token, expiresAt } };
}

function renew(model: Model, token: string, expiresAt: number): Accepted {
  const held = model.claim?.token === token;
  const after = held ? { ...model, claim: { token, expiresAt } } : model;
  return { after, answer: { held } };
}

function statusOf({ revision, epoch, state, retries, claim, cancelledBy }: Model): Answer {
  const { token, expiresAt } = claim ?? {};
  return { revision, epoch, state, retries, token, expiresAt, cancelledBy };
}

function backTo(model: Model, target: string, now: number): Model {
  const kept = model.path.slice(0, model.path.lastIndexOf(target));
  return { ...enter(model, target, now), epoch: model.epoch + 1, path: [...kept, target] };
}

function enter(model: Model, state: string, now: number): Model {
  const left = { claim: undefined, cancelledBy: undefined };
  return { ...model, ...left, revision: model.revision + 1, state, notBefore: now };
}

/** What was taken may be lost again before the one who took it is told. */
function isExplained(expected: Answer, found: Answer): boolean {
  return Object.keys({ ...expected, ...found }).every(
    (key) => expected[key] === found[key] || (key === 'taken' && found[key] === undefined),
  );
}
