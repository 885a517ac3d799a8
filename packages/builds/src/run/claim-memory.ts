import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { usageOfCalls } from '@baton/adapters/gateway';
import {
  type AdvanceRequest,
  BatonError,
  type ClaimedAssignment,
  type Note,
  type TakenWork,
  type TakeWorkRequest,
  type Usage,
  type WorkSource,
} from '@baton/core';
import { NO_USAGE } from '@baton/core/internal';
import { writeWhole } from '../state/write-whole.ts';
import type { UsageJournals } from './usage-journals.ts';

/*
 * Invariants
 * 1. The token of a claim is on disk before the claim is made.
 * 2. The number of the first journal that its attempt can have is there before the attempt begins. So a record
 *    without it is of an attempt that never began.
 * 3. While a commit is on its way that ends one claim and makes the next, both are there.
 */

/** Remembers the claims of this process on disk, so that a later process can give them back. */
export interface ClaimMemory {
  /** Wraps a source, for a runner with one assignment at a time. */
  remembering(source: WorkSource): WorkSource;
  /**
   * Gives back the claim that an earlier process of this workspace left behind, so that no runner waits for
   * its lease to expire, with what its journal says that its model calls used. It counts as an attempt. Only
   * the holder of the run lock may call it.
   *
   * @returns whether there was a claim.
   */
  giveBack(source: WorkSource): Promise<boolean>;
}

/** Error codes that mean that the claim no longer exists. */
const GONE: ReadonlySet<string> = new Set(['stale_claim', 'stale_epoch', 'wrong_state']);

/** @param path of the file that is the memory. */
export function createClaimMemory(
  path: string,
  workflowId: string,
  journals: UsageJournals,
): ClaimMemory {
  const remember = (records: readonly string[]): void =>
    writeWhole(path, records.map((record) => `${record}\n`).join(''), 0o600);
  const newToken = (): string => randomBytes(16).toString('base64url');
  /** The record of the claim that is worked under. */
  let current: string | undefined;
  /** Tokens of what was asked for with a report: a report that is repeated has to be the same. */
  const asked = new Map<string | undefined, string>();

  function begun(token: string): void {
    current = `${token} ${journals.next(workflowId)}`;
    remember([current]);
  }

  /** Takes the next claim, with a report, under a token that is on disk. */
  async function takingNext<Q extends Taking, R extends { readonly next?: ClaimedAssignment }>(
    request: Q,
    report: (request: Q) => Promise<R>,
  ): Promise<R> {
    if (request.takeNext === undefined) return report(request);
    const token = asked.get(request.requestId) ?? newToken();
    asked.set(request.requestId, token);
    remember([...(current === undefined ? [] : [current]), token]);
    const takeNext = request.takeNext.map((offer) => ({ ...offer, token }));
    const reply = await report({ ...request, takeNext });
    asked.delete(request.requestId);
    if (reply.next !== undefined) begun(token);
    return reply;
  }

  async function* takeWork(
    source: WorkSource,
    request: TakeWorkRequest,
    signal?: AbortSignal,
    onOpen?: () => void,
  ): AsyncGenerator<TakenWork, void, undefined> {
    while (signal?.aborted !== true) {
      const token = newToken();
      remember([token]);
      const offers = request.offers.map((offer) => ({ ...offer, token }));
      // It ends with the claim, and what that went on to.
      const asking = { ...request, offers, capacity: 1 };
      for await (const work of source.takeWork(asking, signal, onOpen)) {
        if (work.kind === 'assignment') begun(token);
        yield work;
      }
    }
  }

  return {
    remembering: (source) => ({
      takeWork: (request, signal, onOpen) => takeWork(source, request, signal, onOpen),
      advance: (request) => takingNext(request, (one) => source.advance(one)),
      requestRetry: (request) => takingNext(request, (one) => source.requestRetry(one)),
      listClaimable: (request) => source.listClaimable(request),
      claim: (request) => source.claim(request),
      renewClaim: (request) => source.renewClaim(request),
      renewClaims: (request) => source.renewClaims(request),
      failAttempt: (request) => source.failAttempt(request),
      ask: (request) => source.ask(request),
      reportProgress: (request) => source.reportProgress(request),
    }),
    async giveBack(source) {
      const left = read(path);
      if (left.length === 0) return false;
      let isGiven = false;
      // Of two, the later one is there if its commit was made.
      for (const [index, one] of [...left.entries()].reverse()) {
        const until = left[index + 1]?.journals?.from;
        const used = usedBy(one, workflowId, journals, until);
        isGiven ||= await report(source, workflowId, one.token, used);
      }
      rmSync(path, { force: true });
      return isGiven;
    },
  };
}

type Taking = Pick<AdvanceRequest, 'requestId' | 'takeNext'>;

interface Left {
  readonly token: string;
  /** Number of its first journal; absent: it never began. Undefined altogether: by an older version. */
  readonly journals: { readonly from?: number } | undefined;
}

interface Used {
  /** Absent: it is not known, so that what was set aside counts. */
  readonly usage?: Usage;
  readonly notes: readonly Note[];
}

/** @param until the number of the first journal of the next attempt. */
function usedBy(
  { journals: known }: Left,
  workflowId: string,
  journals: UsageJournals,
  until: number | undefined,
): Used {
  if (known === undefined) return { notes: [] };
  if (known.from === undefined) return { usage: NO_USAGE, notes: [] };
  try {
    const calls = journals.calls(workflowId, known.from, until);
    if (calls === undefined) return { notes: [] };
    const cut = calls.filter(({ end }) => end === undefined).length;
    const message = `${cut} of ${calls.length} model calls of the attempt had no end when its process ended: all that was set aside for them is counted`;
    const notes = cut === 0 ? [] : [{ code: 'usage_estimated', message }];
    return { usage: usageOfCalls(calls), notes };
  } catch (reason) {
    const why = BatonError.from(reason).message;
    const message = `what the attempt used cannot be read, so all that was set aside for it counts: ${why}`;
    return { notes: [{ code: 'usage_not_known', message }] };
  }
}

async function report(
  source: WorkSource,
  workflowId: string,
  claimToken: string,
  { usage, notes }: Used,
) {
  try {
    await source.failAttempt({
      workflowId,
      claimToken,
      requestId: `${claimToken}:abandoned`,
      code: 'worker_died',
      message: 'the process that performed it ended without reporting a result',
      retryable: true,
      usage,
      notes: [...notes],
    });
    return true;
  } catch (reason) {
    if (GONE.has(BatonError.from(reason).code)) return false;
    throw reason;
  }
}

function read(path: string): readonly Left[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return [];
  }
  // An older version wrote the number on a line of its own.
  const records = text
    .replace(/\n(?=\d+$)/, ' ')
    .split('\n')
    .filter(Boolean);
  const isOldest = !text.includes('\n') && !text.includes(' ');
  return records.map((record) => {
    const [token = '', from] = record.split(' ');
    if (isOldest) return { token, journals: undefined };
    return { token, journals: from === undefined ? {} : { from: Number(from) } };
  });
}
