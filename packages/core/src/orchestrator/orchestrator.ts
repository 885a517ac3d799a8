import { advance } from './advance.ts';
import { answerQuestion } from './answer-question.ts';
import { ask, claim, failAttempt, listClaimable, renewClaim } from './claims.ts';
import { decideApproval } from './decide-approval.ts';
import { createKernel } from './kernel.ts';
import type { OrchestratorOptions } from './orchestrator-options.ts';
import { describe, history, list, projectStats, status } from './read.ts';
import { reportProgress } from './report-progress.ts';
import { requestRetry } from './request-retry.ts';
import { rollback } from './rollback.ts';
import { start } from './start.ts';
import type { Orchestrator } from './views.ts';
import { watch } from './watch.ts';

/** Baton's operations over a store. */
export function createOrchestrator(options: OrchestratorOptions): Orchestrator {
  const kernel = createKernel(options);
  return {
    start: (request) => start(kernel, request),
    advance: (request) => advance(kernel, request),
    status: (request) => status(kernel, request),
    requestRetry: (request) => requestRetry(kernel, request),
    history: (request) => history(kernel, request),
    rollback: (request) => rollback(kernel, request),
    projectStats: (request) => projectStats(kernel, request),
    list: (request) => list(kernel, request),
    watch: (request, signal, onProgress) => watch(kernel, request, signal, onProgress),
    describeDefinition: (request) => describe(kernel, request),
    listClaimable: (request) => listClaimable(kernel, request),
    claim: (request) => claim(kernel, request),
    renewClaim: (request) => renewClaim(kernel, request),
    reportProgress: (request) => reportProgress(kernel, request),
    ask: (request) => ask(kernel, request),
    answerQuestion: (request) => answerQuestion(kernel, request),
    decideApproval: (request) => decideApproval(kernel, request),
    failAttempt: (request) => failAttempt(kernel, request),
  };
}
