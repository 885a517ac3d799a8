import type { WorkflowDefinition } from '../model/definition.ts';
import type { TypesOf } from '../model/workflow-types.ts';
import { advance } from './advance.ts';
import {
  answerQuestion,
  ask,
  cancel,
  decideApproval,
  failAttempt,
  requestRetry,
} from './changes.ts';
import { claim, listClaimable, renewClaim, renewClaims } from './claims.ts';
import { createContext, type OrchestratorContext } from './context.ts';
import { describeWorkflow } from './describe-workflow.ts';
import { expireOverdue } from './expire.ts';
import { list } from './list.ts';
import { listProjects } from './list-projects.ts';
import { createMatching } from './matching.ts';
import type { OperationsOf, Orchestrator } from './operations.ts';
import type { OrchestratorOptions } from './orchestrator-options.ts';
import { planRollback } from './plan-rollback.ts';
import { projectHistory } from './project-history.ts';
import { describe, history, projectStats, status } from './read.ts';
import { reportProgress } from './report-progress.ts';
import { rollback } from './rollback.ts';
import { start } from './start.ts';
import { pollWork, takeWork } from './take-work.ts';
import { inTrace } from './trace-operations.ts';
import { usage } from './usage.ts';
import { watch } from './watch.ts';

/**
 * Baton's operations over a store. With `definitions`, requests and replies have their states, roles and
 * outputs: a name that none of them has does not compile.
 *
 * @throws BatonError `invalid_input` for an option out of its range.
 * @example
 * import { createMemoryStore, createOrchestrator } from '@baton/core';
 * const baton = createOrchestrator({ store: await createMemoryStore() });
 */
export function createOrchestrator(
  options: OrchestratorOptions & { readonly definitions?: undefined },
): Orchestrator;
export function createOrchestrator<const D extends readonly WorkflowDefinition[]>(
  options: OrchestratorOptions<D>,
): OperationsOf<TypesOf<D>>;
export function createOrchestrator(options: OrchestratorOptions): Orchestrator {
  const context = createContext(options);
  const matching = createMatching(context);

  /** An operation that goes by the right time. */
  function timed<Request, More extends readonly unknown[], Reply>(
    operation: (context: OrchestratorContext, request: Request, ...more: More) => Promise<Reply>,
  ) {
    return (request: Request, ...more: More): Promise<Reply> => {
      const waiting = context.options.clockReady();
      if (waiting === undefined) return operation(context, request, ...more);
      return waiting.then(() => operation(context, request, ...more));
    };
  }

  const expire = timed(expireOverdue);
  return {
    start: timed(inTrace('start', start)),
    advance: timed(inTrace('advance', advance)),
    status: timed(status),
    describeWorkflow: timed(describeWorkflow),
    requestRetry: timed(inTrace('request_retry', requestRetry)),
    history: (request) => history(context, request),
    rollback: timed(inTrace('rollback', rollback)),
    cancel: timed(inTrace('cancel', cancel)),
    planRollback: timed(planRollback),
    listProjects: (request) => listProjects(context, request),
    projectStats: (request) => projectStats(context, request),
    usage: (request) => usage(context, request),
    projectHistory: (request) => projectHistory(context, request),
    list: timed(list),
    watch: (request, signal, onProgress) => watch(context, request, signal, onProgress),
    describeDefinition: (request) => describe(context, request),
    listDefinitions: () => context.definitions.versions,
    listClaimable: timed(listClaimable),
    claim: timed(inTrace('claim', claim)),
    takeWork: (request, signal, onOpen) => takeWork(context, matching, request, signal, onOpen),
    pollWork: (request, signal) => pollWork(context, matching, request, signal),
    renewClaim: timed(renewClaim),
    renewClaims: timed(renewClaims),
    reportProgress: (request) => reportProgress(context, request),
    ask: timed(inTrace('ask', ask)),
    answerQuestion: timed(inTrace('answer_question', answerQuestion)),
    decideApproval: timed(inTrace('decide_approval', decideApproval)),
    failAttempt: timed(inTrace('fail_attempt', failAttempt)),
    expireOverdue: () => expire(undefined),
  };
}
