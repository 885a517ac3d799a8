import type { Orchestrator, Permission } from '@baton/core';
import type { ClaimOffer } from '@baton/core/api';
import { isTestimony } from '@baton/core/internal';
import { expectRole, expectUser, isRoleOf, offerBy, personOf } from './actors.ts';
import type { Caller } from './caller.ts';
import type { Ceilings } from './ceilings.ts';
import type { Projects } from './projects.ts';
import { denied, lacksPermission } from './refusals.ts';

/**
 * What each operation needs; `any` of the permissions; `by whom`: that depends on who the request is by; `nobody`: it is
 * not for callers.
 * RPC, HTTP, streams and MCP all go through these operations: an operation without a row does not compile.
 */
const NEEDS: Readonly<Record<keyof Orchestrator, Permission | 'any' | 'by whom' | 'nobody'>> = {
  start: 'start',
  advance: 'perform',
  status: 'read',
  describeWorkflow: 'read',
  requestRetry: 'by whom',
  history: 'read',
  rollback: 'by whom',
  cancel: 'steer',
  planRollback: 'read',
  answerQuestion: 'decide',
  decideApproval: 'decide',
  listProjects: 'read',
  projectStats: 'read',
  usage: 'read',
  projectHistory: 'read',
  list: 'read',
  watch: 'read',
  describeDefinition: 'any',
  listDefinitions: 'any',
  listClaimable: 'perform',
  takeWork: 'perform',
  pollWork: 'perform',
  claim: 'perform',
  renewClaim: 'perform',
  renewClaims: 'perform',
  failAttempt: 'perform',
  ask: 'perform',
  reportProgress: 'perform',
  expireOverdue: 'nobody',
};

/** The operations as one caller may use them. What it may not do is refused before it is begun. */
export function guardOperations(
  baton: Orchestrator,
  caller: Caller,
  projects: Projects,
  ceilings: Ceilings,
): Orchestrator {
  const { grant } = caller;

  function expect(needed: Permission): void {
    if (!grant.permissions.includes(needed)) throw lacksPermission(caller, needed);
  }

  function may(operation: keyof Orchestrator): void {
    const needed = NEEDS[operation];
    if (needed === 'nobody') throw denied(caller, `${operation} is not for callers`);
    if (needed !== 'any' && needed !== 'by whom') expect(needed);
  }

  /** Of an operation on one workflow. */
  async function mayWith(operation: keyof Orchestrator, workflowId: string): Promise<void> {
    may(operation);
    await projects.expectWorkflow(caller, workflowId);
  }

  function offers<O extends ClaimOffer>(all: readonly O[]): readonly O[] {
    return all.map((offer) => offerBy(caller, offer));
  }

  /** A request with what it takes next, as the caller may take it. */
  function taking<R extends { readonly takeNext?: readonly ClaimOffer[] | undefined }>(
    request: R,
  ): R {
    const { takeNext = [] } = request;
    return takeNext.length === 0 ? request : { ...request, takeNext: offers(takeNext) };
  }

  function expectTestimony(request: Parameters<typeof isTestimony>[0]): void {
    if (!grant.attests && isTestimony(request)) {
      throw denied(caller, 'it may not vouch for evidence or a checkpoint, and has sent some');
    }
  }

  /** A change by a role, as its worker asks for it, or by a person. */
  async function changedBy<
    R extends { readonly workflowId: string; readonly by?: string | undefined },
  >(request: R): Promise<R> {
    const { workflowId } = request;
    await projects.expectWorkflow(caller, workflowId);
    const by = request.by ?? personOf(caller);
    if (by === undefined) return request;
    // Core takes whatever is called like a role for that role, a caller as well.
    if (await isRoleOf(baton, workflowId, by)) {
      expect('perform');
      expectRole(caller, by);
    } else {
      expect('steer');
      expectUser(caller, 'by', by);
    }
    return { ...request, by };
  }

  return {
    async start(request) {
      may('start');
      projects.expectProject(caller, request.projectId);
      expectUser(caller, 'userId', request.userId);
      return baton.start(ceilings.start(taking(request)));
    },
    async advance(request) {
      await mayWith('advance', request.workflowId);
      expectRole(caller, request.role);
      expectTestimony(request);
      return baton.advance(taking(request), caller.name);
    },
    async status(request) {
      await mayWith('status', request.workflowId);
      return baton.status(request);
    },
    async describeWorkflow(request) {
      await mayWith('describeWorkflow', request.workflowId);
      return baton.describeWorkflow(request);
    },
    async requestRetry(request) {
      may('requestRetry');
      expectTestimony(request);
      return baton.requestRetry(ceilings.raise(taking(await changedBy(request))));
    },
    async history(request) {
      await mayWith('history', request.workflowId);
      return baton.history(request);
    },
    async rollback(request) {
      may('rollback');
      return baton.rollback(await changedBy(request));
    },
    async cancel(request) {
      await mayWith('cancel', request.workflowId);
      const by = request.by ?? personOf(caller);
      if (by === undefined) return baton.cancel(request);
      expectUser(caller, 'by', by);
      return baton.cancel({ ...request, by });
    },
    async planRollback(request) {
      await mayWith('planRollback', request.workflowId);
      return baton.planRollback(request);
    },
    async answerQuestion(request) {
      await mayWith('answerQuestion', request.workflowId);
      expectUser(caller, 'by', request.by);
      return baton.answerQuestion(request);
    },
    async decideApproval(request) {
      await mayWith('decideApproval', request.workflowId);
      expectUser(caller, 'by', request.by);
      return baton.decideApproval(request);
    },
    async listProjects(request) {
      may('listProjects');
      for (const one of request.projectIds ?? []) projects.expectProject(caller, one);
      return baton.listProjects(withProjects(request));
    },
    async projectStats(request) {
      may('projectStats');
      projects.expectProject(caller, request.projectId);
      return baton.projectStats(request);
    },
    async usage(request) {
      may('usage');
      projects.expectProject(caller, request.projectId);
      return baton.usage(request);
    },
    async projectHistory(request) {
      may('projectHistory');
      projects.expectProject(caller, request.projectId);
      return baton.projectHistory(request);
    },
    async list(request) {
      may('list');
      for (const one of [request.projectId ?? [], request.projectIds ?? []].flat()) {
        projects.expectProject(caller, one);
      }
      return baton.list(withProjects(request));
    },
    async *watch(request, signal, onProgress) {
      await mayWith('watch', request.workflowId);
      yield* baton.watch(request, signal, onProgress);
    },
    describeDefinition(request) {
      may('describeDefinition');
      return baton.describeDefinition(request);
    },
    listDefinitions() {
      may('listDefinitions');
      return baton.listDefinitions();
    },
    async listClaimable(request) {
      may('listClaimable');
      for (const role of request.roles) expectRole(caller, role);
      if (request.workflowId !== undefined) {
        await projects.expectWorkflow(caller, request.workflowId);
      }
      for (const one of request.projectIds ?? []) projects.expectProject(caller, one);
      return baton.listClaimable(withProjects(request));
    },
    async *takeWork(request, signal, onOpen) {
      may('takeWork');
      if (request.workflowId !== undefined) {
        await projects.expectWorkflow(caller, request.workflowId);
      }
      yield* baton.takeWork({ ...request, offers: offers(request.offers) }, signal, onOpen);
    },
    async pollWork(request, signal) {
      may('pollWork');
      if (request.workflowId !== undefined) {
        await projects.expectWorkflow(caller, request.workflowId);
      }
      return baton.pollWork({ ...request, offers: offers(request.offers) }, signal);
    },
    async claim(request) {
      await mayWith('claim', request.workflowId);
      const { projectIds: _, ...offer } = offerBy(caller, request as ClaimOffer);
      return baton.claim({ ...request, ...offer });
    },
    async renewClaim(request) {
      may('renewClaim');
      return (await projects.isThere(caller, request.workflowId)) && baton.renewClaim(request);
    },
    async renewClaims(request) {
      may('renewClaims');
      const there = await Promise.all(
        request.claims.map(({ workflowId }) => projects.isThere(caller, workflowId)),
      );
      const claims = request.claims.filter((_, index) => there[index]);
      const renewed = [...(await baton.renewClaims({ ...request, claims }))];
      return there.map((isThere) => isThere && renewed.shift() === true);
    },
    async failAttempt(request) {
      await mayWith('failAttempt', request.workflowId);
      return baton.failAttempt(request);
    },
    async ask(request) {
      await mayWith('ask', request.workflowId);
      return baton.ask(request);
    },
    async reportProgress(request) {
      await mayWith('reportProgress', request.workflowId);
      return baton.reportProgress(request);
    },
    async expireOverdue() {
      may('expireOverdue');
      return 0;
    },
  };

  /** Without any project that is named, the caller's. */
  function withProjects<
    R extends {
      readonly projectId?: string | undefined;
      readonly projectIds?: readonly string[] | undefined;
    },
  >(request: R): R {
    if (grant.projects === '*' || request.projectId !== undefined) return request;
    return { ...request, projectIds: request.projectIds ?? grant.projects };
  }
}
