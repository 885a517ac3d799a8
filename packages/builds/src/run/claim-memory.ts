import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { BatonError, type WorkSource } from '@baton/core';

/** What a process that dies cannot give back, whoever comes after it can. */
export interface ClaimMemory {
  /** The same source; the token of each claim is written down before the claim is made. */
  remembering(source: WorkSource): WorkSource;
  /**
   * Gives back the claim that an earlier process of this workspace left behind, so that nobody
   * waits for its lease to run out. It counts as an attempt. Only for the holder of the run lock.
   * True when there was one.
   */
  giveBack(source: WorkSource): Promise<boolean>;
}

/** Codes that say that the claim is no longer there. */
const GONE: ReadonlySet<string> = new Set(['stale_claim', 'stale_epoch', 'wrong_state']);

export function createClaimMemory(path: string, workflowId: string): ClaimMemory {
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
      claim(request) {
        const token = request.token ?? randomBytes(16).toString('base64url');
        writeFileSync(path, token, { mode: 0o600 });
        return source.claim({ ...request, token });
      },
    }),
    async giveBack(source) {
      const token = read(path);
      if (token === undefined) return false;
      const given = await report(source, workflowId, token);
      rmSync(path, { force: true });
      return given;
    },
  };
}

async function report(source: WorkSource, workflowId: string, claimToken: string) {
  try {
    await source.failAttempt({
      workflowId,
      claimToken,
      requestId: `${claimToken}:abandoned`,
      code: 'worker_died',
      message: 'the process that performed it ended without reporting a result',
      retryable: true,
    });
    return true;
  } catch (reason) {
    if (GONE.has(BatonError.from(reason).code)) return false;
    throw reason;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8') || undefined;
  } catch {
    return undefined;
  }
}
