import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { BatonError, type WorkSource } from '@baton/core';

/** Remembers the claim of this process on disk, so that a later process can give it back. */
export interface ClaimMemory {
  /** Wraps a source. It writes each claim's token to disk before it makes the claim. */
  remembering(source: WorkSource): WorkSource;
  /**
   * Gives back the claim that an earlier process of this workspace left behind, so that no runner waits for
   * its lease to expire. It counts as an attempt. Only the holder of the run lock may call it.
   *
   * @returns whether there was a claim.
   */
  giveBack(source: WorkSource): Promise<boolean>;
}

/** Error codes that mean that the claim no longer exists. */
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
