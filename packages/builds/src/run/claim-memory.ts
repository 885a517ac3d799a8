import { randomBytes } from 'node:crypto';
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { usageOfCalls } from '@baton/adapters/gateway';
import { BatonError, type Note, type Usage, type WorkSource } from '@baton/core';
import { NO_USAGE } from '@baton/core/internal';
import type { UsageJournals } from './usage-journals.ts';

/*
 * Invariants
 * 1. The token of a claim is on disk before the claim is made.
 * 2. The number of the first journal that its attempt can have is there before the attempt begins. So a file
 *    without it is of an attempt that never began.
 */

/** Remembers the claim of this process on disk, so that a later process can give it back. */
export interface ClaimMemory {
  /** Wraps a source. It writes each claim's token to disk before it makes the claim. */
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
  return {
    remembering: (source) => ({
      ...(source.expireOverdue !== undefined && {
        expireOverdue: source.expireOverdue.bind(source),
      }),
      listClaimable: (request) => source.listClaimable(request),
      renewClaim: (request) => source.renewClaim(request),
      failAttempt: (request) => source.failAttempt(request),
      advance: (request) => source.advance(request),
      requestRetry: (request) => source.requestRetry(request),
      ask: (request) => source.ask(request),
      reportProgress: (request) => source.reportProgress(request),
      async claim(request) {
        const token = request.token ?? randomBytes(16).toString('base64url');
        writeFileSync(path, `${token}\n`, { mode: 0o600 });
        const claimed = await source.claim({ ...request, token });
        appendFileSync(path, String(journals.next(workflowId)));
        return claimed;
      },
    }),
    async giveBack(source) {
      const left = read(path);
      if (left === undefined) return false;
      const used = usedBy(left, workflowId, journals);
      const given = await report(source, workflowId, left.token, used);
      rmSync(path, { force: true });
      return given;
    },
  };
}

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

function usedBy({ journals: known }: Left, workflowId: string, journals: UsageJournals): Used {
  if (known === undefined) return { notes: [] };
  if (known.from === undefined) return { usage: NO_USAGE, notes: [] };
  try {
    const calls = journals.calls(workflowId, known.from);
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

function read(path: string): Left | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  const [token = '', from] = text.split('\n');
  if (token === '') return undefined;
  if (from === undefined) return { token, journals: undefined };
  return { token, journals: from === '' ? {} : { from: Number(from) } };
}
