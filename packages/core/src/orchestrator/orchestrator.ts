import { advance } from './advance.ts';
import { claim, failAttempt, listClaimable, renewClaim } from './claims.ts';
import { createKernel } from './kernel.ts';
import type { OrchestratorOptions } from './orchestrator-options.ts';
import { describe, history, list, projectStats, status } from './read.ts';
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
    watch: (request, signal) => watch(kernel, request, signal),
    describeDefinition: (request) => describe(kernel, request),
    listClaimable: (request) => listClaimable(kernel, request),
    claim: (request) => claim(kernel, request),
    renewClaim: (request) => renewClaim(kernel, request),
    failAttempt: (request) => failAttempt(kernel, request),
  };
}
