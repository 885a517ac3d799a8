import { type BatonClient, createBatonClient } from '@baton/client';
import {
  createMemoryStore,
  createOrchestrator,
  type GrantInput,
  type Telemetry,
} from '@baton/core';
import { passingOutputs } from '@baton/core/testing';
import {
  type CeilingSettings,
  createAccess,
  createApiKeys,
  createKeyAuthenticator,
} from '@baton/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WAIT_MS } from '../../packages/adapters/src/testing/patience.ts';
import { startServer } from '../interop/start-server.ts';

const ALL = ['read', 'start', 'perform', 'steer', 'decide'] as const;
const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const start = { projectId: 'shop', requirements: { request: 'Build' } };

/** A server, and how to become a client of it. */
async function setUp(ceilings: CeilingSettings = {}, telemetry?: Telemetry) {
  const store = await createMemoryStore();
  const { documents } = store;
  const orchestrator = createOrchestrator({ store });
  const access = createAccess([createKeyAuthenticator(documents)]);
  const { httpUrl, ...server } = await startServer({ orchestrator, access, ceilings, telemetry });
  const keys = createApiKeys({ documents });
  return {
    ...{ orchestrator, keys, server },
    async clientOf(name: string, grant: Partial<GrantInput> = {}): Promise<BatonClient> {
      const whole = { projects: '*' as const, permissions: [...ALL], ...grant };
      const { secretKey } = await keys.create({ name, grant: whole });
      const client = createBatonClient({ baseUrl: httpUrl, token: () => secretKey, retries: 0 });
      onTestFinished(() => client.close());
      return client;
    },
  };
}

describe('who the audit trail says that it was', () => {
  it('is a user that the caller may speak for', async () => {
    const { clientOf } = await setUp();
    const grace = await clientOf('grace', { actors: ['ada'] });
    const begin = (buildId: string, userId: string) => grace.start({ ...start, buildId, userId });
    await begin('b1', 'grace');
    await begin('b2', 'ada');
    await expect(begin('b3', 'eve')).rejects.toMatchObject({
      code: 'permission_denied',
      message: "'grace' may not do that: userId is 'eve'; it may speak for grace, ada",
      legal: ['grace', 'ada'],
    });
  });

  it('is a user that the caller may speak for where one answers or approves', async () => {
    const { clientOf } = await setUp();
    const eve = await clientOf('eve');
    const { workflowId } = await eve.start({ ...start, buildId: 'b', userId: 'eve' });
    const asAda = {
      code: 'permission_denied',
      message: "'eve' may not do that: by is 'ada'; it may speak for eve",
    };
    const answer = { workflowId, questionId: 'q', answer: 'yes', by: 'ada' };
    await expect(eve.answerQuestion(answer)).rejects.toMatchObject(asAda);
    const decision = { workflowId, approved: true, by: 'ada' };
    await expect(eve.decideApproval(decision)).rejects.toMatchObject(asAda);
  });

  it('is the caller where a person asks for a retry or a rollback and says nothing', async () => {
    const { clientOf } = await setUp();
    const grace = await clientOf('grace', { roles: '*' });
    const { workflowId } = await grace.start({ ...start, buildId: 'b', userId: 'grace' });
    const done = {
      role: 'q_assistant',
      completedState: 'discovery',
      result: passingOutputs.discovery,
    };
    await grace.advance({ workflowId, ...done });
    const ada = await clientOf('ada');
    await ada.rollback({ workflowId, targetState: 'discovery', reason: 'again' });
    const trail = [];
    for await (const { type, triggeredBy } of ada.watch({ workflowId, follow: false })) {
      trail.push([type, triggeredBy]);
    }
    expect(trail).toContainEqual(['rollback_requested', 'ada']);
    const eve = await clientOf('eve');
    const asEve = { workflowId, targetState: 'discovery', reason: 'again', by: 'ada' };
    await expect(eve.rollback(asEve)).rejects.toMatchObject({ code: 'permission_denied' });
  });

  it('is the caller as which a worker works, whatever that calls itself', async () => {
    const { clientOf } = await setUp();
    const robot = await clientOf('robot', { roles: ['q_assistant'] });
    const { workflowId } = await robot.start({ ...start, buildId: 'b', userId: 'robot' });
    const offer = { roles: ['q_assistant'], leaseMs: 3_600_000 };
    const { claim } = await robot.claim({ workflowId, ...offer, worker: 'grace' });
    expect(claim.worker).toBe('robot/grace');
    const second = await robot.start({ ...start, buildId: 'c', userId: 'robot' });
    const own = await robot.claim({ workflowId: second.workflowId, ...offer, worker: 'robot/2' });
    expect(own.claim.worker).toBe('robot/2');
    const third = await robot.start({
      ...{ ...start, buildId: 'd', userId: 'robot' },
      takeNext: [{ ...offer, worker: 'grace' }],
    });
    expect(third.next?.claim.worker).toBe('robot/grace');
  });

  it('is never another caller, whose name has a slash in it', async () => {
    const { clientOf } = await setUp();
    const workerOf = async (name: string, worker: string) => {
      const client = await clientOf(name, { roles: '*' });
      const build = { ...start, buildId: crypto.randomUUID(), userId: name };
      const offer = { roles: ['q_assistant'], leaseMs: 3_600_000, worker };
      return (await client.start({ ...build, takeNext: [offer] })).next?.claim.worker;
    };
    expect(await workerOf('team', 'ci/1')).toBe('team/ci/1');
    expect(await workerOf('team/ci', '1')).toBe('team%2Fci/1');
    expect(await workerOf('team/ci', 'team/ci')).toBe('team%2Fci/team/ci');
    expect(await workerOf('team/ci', 'team%2Fci/1')).toBe('team%2Fci/1');
    expect(await workerOf('team%2Fci', '1')).toBe('team%252Fci/1');
  });
});

it('lets a role be sent back by a caller that may perform it, and by no other', async () => {
  const { clientOf } = await setUp();
  const robot = await clientOf('robot', {
    roles: ['code_writer'],
    permissions: ['start', 'perform'],
  });
  const { workflowId } = await robot.start({ ...start, buildId: 'b', userId: 'robot' });
  const retry = { workflowId, reason: 'again' };
  await expect(robot.requestRetry({ ...retry, by: 'test_auditor' })).rejects.toMatchObject({
    code: 'permission_denied',
  });
  // Refused by the state, not for who asks.
  await expect(robot.requestRetry({ ...retry, by: 'code_writer' })).rejects.toMatchObject({
    code: 'not_owner',
  });
  await expect(robot.requestRetry(retry)).rejects.toMatchObject({ code: 'permission_denied' });
});

it('lets a build be cancelled by a person that may steer it, in its own name alone', async () => {
  const { clientOf } = await setUp();
  const ada = await clientOf('ada', { permissions: ['start', 'steer'], actors: [] });
  const { workflowId } = await ada.start({ ...start, buildId: 'b', userId: 'ada' });
  const cancel = { workflowId, reason: 'not wanted' };
  const denied = { code: 'permission_denied' };
  const robot = await clientOf('robot', { roles: '*', permissions: ['perform', 'decide'] });
  await expect(robot.cancel(cancel)).rejects.toMatchObject(denied);
  await expect(ada.cancel({ ...cancel, by: 'eve' })).rejects.toMatchObject(denied);
  await expect(ada.cancel({ ...cancel, by: 'q_assistant' })).rejects.toMatchObject(denied);
  expect(await ada.cancel(cancel)).toMatchObject({ cancelledBy: 'ada', state: 'error' });
});

it('lets nobody be a role by being called like it', async () => {
  const { clientOf } = await setUp();
  const named = await clientOf('q_assistant', { permissions: ['start', 'steer'] });
  const { workflowId } = await named.start({ ...start, buildId: 'b', userId: 'q_assistant' });
  const denied = { code: 'permission_denied' };
  const retry = { workflowId, reason: 'again' };
  await expect(named.requestRetry(retry)).rejects.toMatchObject(denied);
  const rollback = { ...retry, targetState: 'discovery' };
  await expect(named.rollback(rollback)).rejects.toMatchObject(denied);
  await expect(named.cancel(retry)).rejects.toMatchObject({ code: 'not_owner' });
});

describe('evidence', () => {
  const report = {
    ...{ role: 'q_assistant', completedState: 'discovery', result: passingOutputs.discovery },
    checkpoint: { commit: 'c', digest: 'd' },
  };

  it('is refused of a caller that may not vouch for it', async () => {
    const { clientOf } = await setUp();
    const robot = await clientOf('robot', { roles: '*' });
    const { workflowId } = await robot.start({ ...start, buildId: 'b', userId: 'robot' });
    await expect(robot.advance({ workflowId, ...report })).rejects.toMatchObject({
      code: 'permission_denied',
      message:
        "'robot' may not do that: it may not vouch for evidence or a checkpoint, and has sent some",
    });
    const evidence = [{ purpose: 'test' }];
    const result = { ...report.result, evidence };
    await expect(
      robot.advance({ workflowId, ...report, checkpoint: undefined, result }),
    ).rejects.toMatchObject({ code: 'permission_denied' });
    await robot.advance({ workflowId, ...report, checkpoint: undefined });
  });

  it('is in the trail with who vouched for it', async () => {
    const { clientOf } = await setUp();
    const runner = await clientOf('runner', { roles: '*', attests: true });
    const { workflowId } = await runner.start({ ...start, buildId: 'b', userId: 'runner' });
    await runner.advance({ workflowId, ...report });
    const trail = [];
    for await (const { data } of runner.watch({ workflowId, follow: false })) trail.push(data);
    expect(trail.at(-1)).toMatchObject({ checkpoint: report.checkpoint, attestedBy: 'runner' });
  });
});

it('knows callers also where calls are traced', async () => {
  const spans: string[] = [];
  const telemetry: Telemetry = {
    startSpan(name) {
      spans.push(name);
      return { traceparent: TRACEPARENT, set: () => undefined, end: () => undefined };
    },
    within: (_, work) => work(),
    active: () => undefined,
  };
  const { clientOf } = await setUp({}, telemetry);
  const grace = await clientOf('grace');
  const { workflowId } = await grace.start({ ...start, buildId: 'b', userId: 'grace' });
  expect((await grace.status({ workflowId })).buildId).toBe('b');
  expect(spans).toContain('baton.v1.WorkflowService/StartWorkflow');
});

it('refuses what a worker may not say of who performs', async () => {
  const { clientOf } = await setUp();
  const robot = await clientOf('robot', { roles: '*', performers: ['claude', 'program'] });
  const { workflowId } = await robot.start({ ...start, buildId: 'b', userId: 'robot' });
  const claim = (principal: object) =>
    robot.claim({
      ...{ workflowId, worker: 'robot', roles: ['q_assistant'], leaseMs: 3_600_000 },
      principal: { models: [], modelFamilies: [], ...principal },
    });
  await expect(claim({ modelFamilies: ['claude', 'gpt'] })).rejects.toMatchObject({
    message:
      "'robot' may not do that: it declares 'gpt' of who performs, expected of claude, program",
  });
  await expect(claim({ models: ['openai:gpt'] })).rejects.toMatchObject({
    code: 'permission_denied',
  });
  await expect(claim({ kind: 'person' })).rejects.toMatchObject({ code: 'permission_denied' });
  await claim({ kind: 'program' });
});

describe('a caller of some projects', () => {
  it('sees theirs alone, however it looks', async () => {
    const { clientOf } = await setUp();
    const root = await clientOf('root', { roles: '*' });
    for (const [index, projectId] of ['a', 'b', 'c', 'b'].entries()) {
      await root.start({ ...start, projectId, buildId: `${index}`, userId: 'root' });
    }
    const some = await clientOf('some', { projects: ['b', 'c'], roles: ['q_assistant'] });
    const projectsOf = async (request: object) =>
      (await some.list({ pageSize: 2, ...request })).workflows.map(({ projectId }) => projectId);
    const first = await some.list({ pageSize: 2 });
    const rest = await some.list({ pageSize: 2, pageToken: first.nextPageToken });
    const all = [...first.workflows, ...rest.workflows].map(({ projectId }) => projectId);
    expect(all).toEqual(['b', 'c', 'b']);
    expect(await projectsOf({ projectId: 'c' })).toEqual(['c']);
    await expect(some.list({ projectId: 'a' })).rejects.toMatchObject({ code: 'not_found' });
    await expect(some.list({ projectIds: ['b', 'a'] })).rejects.toMatchObject({
      code: 'not_found',
    });
    expect((await root.listProjects({})).projectIds).toEqual(['a', 'b', 'c']);
    expect((await some.listProjects({})).projectIds).toEqual(['b', 'c']);
    const page = await some.listProjects({ pageSize: 1 });
    const next = await some.listProjects({ pageSize: 1, pageToken: page.nextPageToken });
    expect([page.projectIds, next]).toEqual([
      ['b'],
      { projectIds: ['c'], nextPageToken: undefined },
    ]);
    await expect(some.listProjects({ projectIds: ['b', 'a'] })).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(await some.listClaimable({ roles: ['q_assistant'] })).toHaveLength(3);
    const offers = [{ worker: 'w', roles: ['q_assistant'], leaseMs: 3_600_000 }];
    const taken: string[] = [];
    for await (const work of some.takeWork({ offers, capacity: 9 }, AbortSignal.timeout(WAIT_MS))) {
      if (work.kind === 'assignment') taken.push(work.assignment.projectId);
      if (taken.length === 3) break;
    }
    expect(taken.toSorted()).toEqual(['b', 'b', 'c']);
    const foreign = offers.map((offer) => ({ ...offer, projectIds: ['a'] }));
    await expect(some.pollWork({ offers: foreign, waitMs: 0 })).rejects.toMatchObject({
      code: 'not_found',
      message: "there is no project 'a'",
    });
  });

  it('is told the same of what is others as of what does not exist', async () => {
    const { clientOf, orchestrator } = await setUp();
    const root = await clientOf('root');
    const { workflowId } = await root.start({ ...start, buildId: 'b', userId: 'root' });
    const other = await clientOf('other', { projects: ['elsewhere'] });
    const told = async (id: string) =>
      other
        .status({ workflowId: id })
        .catch(({ code, message }) => [code, message.replace(id, '…')]);
    expect(await told(workflowId)).toEqual(await told('nowhere'));
    // Not even with the token of the claim.
    const offer = { worker: 'w', roles: ['q_assistant'], leaseMs: 3_600_000, token: 't' };
    await orchestrator.claim({ workflowId, ...offer });
    const held = { workflowId, token: 't' };
    expect(await other.renewClaim({ ...held, leaseMs: 1000 })).toBe(false);
    expect(await other.renewClaims({ claims: [held], leaseMs: 1000 })).toEqual([false]);
    expect(await orchestrator.renewClaim({ ...held, leaseMs: 3_600_000 })).toBe(true);
  });
});

it('ends the stream of a caller whose key was revoked', async () => {
  const { clientOf, keys } = await setUp();
  const robot = await clientOf('robot');
  const { workflowId } = await robot.start({ ...start, buildId: 'b', userId: 'robot' });
  const [key] = await keys.list();
  const events = robot.watch({ workflowId });
  const reading = (async () => {
    for await (const _ of events) await keys.revoke(key?.id ?? '');
  })();
  await expect(reading).rejects.toMatchObject({ code: 'unauthenticated' });
});

it('gives no work to a caller that waits for some, and whose key was revoked meanwhile', async () => {
  const { clientOf, keys, orchestrator } = await setUp();
  const robot = await clientOf('robot', { roles: '*' });
  const offers = [{ roles: ['q_assistant'], leaseMs: 3_600_000, worker: 'w' }];
  const polled = robot.pollWork({ offers, waitMs: 60_000 }).then(
    () => 'answered',
    ({ code }) => code,
  );
  // It waits once its key was read; before, it would be refused at once.
  await robot.listClaimable({ roles: ['q_assistant'] });
  const [key] = await keys.list();
  await keys.revoke(key?.id ?? '');
  expect(await polled).toBe('unauthenticated');
  const { workflowId } = await orchestrator.start({ ...start, buildId: 'b', userId: 'ada' });
  expect((await orchestrator.status({ workflowId })).claim).toBeUndefined();
});

it('gives no work over MCP to a caller whose key was revoked while it waited', async () => {
  const { keys, orchestrator, server } = await setUp();
  const grant = { projects: '*' as const, permissions: [...ALL], roles: '*' as const };
  const { secretKey, key } = await keys.create({ name: 'robot', grant });
  const call = (waitSeconds: number) => {
    const params = { name: 'take_work', arguments: { roles: ['q_assistant'], waitSeconds } };
    return fetch(`http://127.0.0.1:${server.httpPort}/mcp`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${secretKey}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }),
    }).then((response) => response.text());
  };
  const waiting = call(50).catch(() => 'cut off');
  expect(await call(0)).toContain('result');
  await keys.revoke(key.id);
  expect(await waiting).toBe('cut off');
  const { workflowId } = await orchestrator.start({ ...start, buildId: 'b', userId: 'ada' });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect((await orchestrator.status({ workflowId })).claim).toBeUndefined();
});

describe('ceilings', () => {
  const ceilings = {
    budgets: { tokens: 100, phases: { testing: { cost: 2 } } },
    maxRetries: 2,
    timeoutMs: 60_000,
  };
  it.each<[string, object]>([
    ['budgets.tokens', { budgets: { tokens: 101 } }],
    ['budgets.phases.testing.cost', { budgets: { phases: { testing: { cost: 3 } } } }],
    ['maxRetries', { maxRetries: 3 }],
    ['timeoutMs', { timeoutMs: 60_001 }],
  ])('refuse what is beyond %s', async (field, more) => {
    const { clientOf } = await setUp(ceilings);
    const robot = await clientOf('robot');
    const begin = { ...start, buildId: 'b', userId: 'robot', ...more };
    await expect(robot.start(begin)).rejects.toMatchObject({
      code: 'invalid_input',
      violations: [{ field, description: expect.stringContaining('this server allows') }],
    });
  });

  it('hold where a budget leaves something out, and where it is raised later', async () => {
    const { clientOf } = await setUp(ceilings);
    const robot = await clientOf('robot');
    const begin = { ...start, buildId: 'b', userId: 'robot', budgets: { cost: 5 } };
    const { workflowId } = await robot.start(begin);
    expect((await robot.status({ workflowId })).budgets).toEqual({
      cost: 5,
      ...ceilings.budgets,
    });
    const raise = { workflowId, reason: 'more', budgets: { tokens: 1000 } };
    await expect(robot.requestRetry(raise)).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

it('does not listen where others reach it, unless it is said how they are known', async () => {
  await expect(startServer({ host: '0.0.0.0' })).rejects.toMatchObject({
    code: 'invalid_input',
    message:
      "access: others can reach 0.0.0.0: expected how callers show who they are, or 'open'; found neither",
  });
  await startServer({ host: '0.0.0.0', access: 'open' });
});
