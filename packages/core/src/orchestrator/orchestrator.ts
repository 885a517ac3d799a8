import { advance } from './advance.ts';
import {
  answerQuestion,
  ask,
  decideApproval,
  failAttempt,
  requestRetry,
  rollback,
} from './changes.ts';
import { claim, listClaimable, renewClaim } from './claims.ts';
import { expireOverdue } from './expire.ts';
import { createKernel, type Kernel } from './kernel.ts';
import type { Orchestrator } from './operations.ts';
import type { OrchestratorOptions } from './orchestrator-options.ts';
import { describe, history, list, projectStats, status } from './read.ts';
import { reportProgress } from './report-progress.ts';
import { start } from './start.ts';
import { watch } from './watch.ts';

/** Baton's operations over a store. */
export function createOrchestrator(options: OrchestratorOptions): Orchestrator {
  const kernel = createKernel(options);

  /** An operation that goes by the right time. */
  function timed<Request, Reply>(operation: (kernel: Kernel, request: Request) => Promise<Reply>) {
    return (request: Request): Promise<Reply> => {
      const waiting = kernel.options.clockReady();
      if (waiting === undefined) return operation(kernel, request);
      return waiting.then(() => operation(kernel, request));
    };
  }

  const expire = timed(expireOverdue);
  return {
    start: timed(start),
    advance: timed(advance),
    status: timed(status),
    requestRetry: timed(requestRetry),
    history: (request) => history(kernel, request),
    rollback: timed(rollback),
    projectStats: (request) => projectStats(kernel, request),
    list: timed(list),
    watch: (request, signal, onProgress) => watch(kernel, request, signal, onProgress),
    describeDefinition: (request) => describe(kernel, request),
    listClaimable: timed(listClaimable),
    claim: timed(claim),
    renewClaim: timed(renewClaim),
    reportProgress: (request) => reportProgress(kernel, request),
    ask: timed(ask),
    answerQuestion: timed(answerQuestion),
    decideApproval: timed(decideApproval),
    failAttempt: timed(failAttempt),
    expireOverdue: () => expire(undefined),
  };
}
