import { connect as connectTcp } from 'node:net';
import {
  BatonError,
  buildDefinition,
  createMemoryStore,
  createOrchestrator,
  type Orchestrator,
  type WorkflowQuery,
} from '@baton/core';
import { passingOutputs } from '@baton/core/testing';
import { createLog } from '@baton/server';
import { describe, expect, it } from 'vitest';
import { aBuild, startServer } from './start-server.ts';

const { projectId, ...start } = { ...aBuild, buildId: 'b1' };

/** A plain HTTP client of one server: no generated code, JSON in and out. */
function http(httpUrl: string) {
  const send = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(httpUrl + path, init);
    const text = await response.text();
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      headers: response.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
  };
  return {
    send,
    get: (path: string) => send(path),
    post: (path: string, body: unknown, headers: Record<string, string> = {}) =>
      send(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
  };
}

const discovered = {
  role: 'q_assistant',
  completedState: 'discovery',
  result: passingOutputs.discovery,
};

describe('the HTTP+JSON routes', () => {
  it('tell what a project has used', async () => {
    const { get, post } = http((await startServer()).httpUrl);
    const started = await post(`/api/workflows/${projectId}/start`, start);
    const usage = { requests: 2, inputTokens: '3', cost: 0.5 };
    const advance = { ...discovered, usage };
    await post(`/api/workflows/${started.body.workflowId}/advance`, advance);
    const day = (at: number) => new Date(at).toISOString().slice(0, 10);
    const [from, to] = [day(Date.now() - 86_400_000), day(Date.now() + 86_400_000)];
    const found = await get(`/api/usage?project_id=${projectId}&from=${from}&to=${to}`);
    expect(found).toMatchObject({ status: 200, body: { rows: [{ role: 'q_assistant' }] } });
    expect(found.body.rows[0]).toMatchObject({
      attempts: '1',
      usage: { requests: '2', inputTokens: '3', cost: 0.5 },
    });
    const byDay = await get(`/api/usage?project_id=${projectId}&from=${from}&to=${to}&by_day=true`);
    expect(byDay.body.rows).toMatchObject([
      { role: 'q_assistant', day: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) },
    ]);
    expect(found.body.rows[0].day).toBeUndefined();
    const history = await get(`/api/workflows/project/${projectId}/history?from=${from}&to=${to}`);
    expect(history.body.days).toMatchObject([
      { started: 1, phases: { discovery: { count: 1, duration: expect.stringMatching(/s$/) } } },
    ]);
    const wrong = await get(`/api/usage?project_id=${projectId}&from=${to}&to=${from}`);
    expect([wrong.status, JSON.stringify(wrong.body)]).toEqual([
      400,
      expect.stringContaining('1 to 366 days'),
    ]);
  });

  it('list the newest first, what waits for a person, and what a text is found in', async () => {
    const { httpUrl, orchestrator } = await startServer();
    const { get, post } = http(httpUrl);
    for (let n = 1; n <= 5; n++) {
      await post(`/api/workflows/${projectId}/start`, { ...start, buildId: `Build-${n}` });
    }
    const builds = async (query: string) => {
      const { body } = await get(`/api/workflows?${query}`);
      return body.workflows.map(({ buildId }: { buildId: string }) => buildId);
    };
    const oldest = await builds('');
    expect(await builds('newest_first=true')).toEqual([...oldest].reverse());
    expect(await builds('search=build-3&page_size=1')).toEqual(['Build-3']);
    expect(await builds('awaiting=answers')).toEqual([]);
    const { workflows } = await orchestrator.list({ search: 'build-2' });
    const workflowId = workflows[0]?.workflowId as string;
    const worker = { workflowId, worker: 'w', roles: ['q_assistant'], leaseMs: 3_600_000 };
    const { claim } = await orchestrator.claim(worker);
    const questions = [{ text: 'Which theme?' }];
    await orchestrator.ask({ workflowId, claimToken: claim.token, questions });
    expect(await builds('awaiting=answers')).toEqual(['Build-2']);
    expect(await get('/api/workflows?awaiting=lunch')).toMatchObject({ status: 400 });
  });

  it('list projects and definitions, and show what a workflow is about', async () => {
    const { httpUrl, orchestrator } = await startServer();
    const { get, post } = http(httpUrl);
    const { body: started } = await post(`/api/workflows/${projectId}/start`, start);
    await orchestrator.start({ ...aBuild, projectId: 'blog', buildId: 'b1' });
    const first = await get('/api/projects?page_size=1');
    expect(first).toMatchObject({ status: 200, body: { projectIds: ['blog'] } });
    const { nextPageToken } = first.body;
    const second = await get(`/api/projects?page_size=1&page_token=${nextPageToken}`);
    expect(second.body).toEqual({ projectIds: [projectId] });
    expect(await get('/api/projects?page_token=x')).toMatchObject({ status: 400 });
    expect((await get('/api/definitions')).body.definitions).toContainEqual({
      ...{ name: 'build', version: 1, isDefault: true },
    });
    const { body } = await get(`/api/workflows/${started.workflowId}`);
    expect(body.workflow).toMatchObject({ requirements: start.requirements, state: 'discovery' });
    const wrong = await get(`/api/workflows/${started.workflowId}?phase=lunch`);
    expect([wrong.status, JSON.stringify(wrong.body)]).toEqual([
      400,
      expect.stringContaining("'lunch' is no phase of 'build@1'"),
    ]);
    expect(await get('/api/workflows/wf_x')).toMatchObject({ status: 404 });
  });

  it('end a page of a search that has looked for long, and go on from there', async () => {
    const memory = await createMemoryStore();
    const store = {
      ...memory,
      // A list that never ends, of builds without the text.
      async listNames({ after, limit }: WorkflowQuery) {
        const first = (after?.createdAt ?? 0) + 1;
        return Array.from({ length: limit }, (_, i) => {
          return { id: 'wf_x', createdAt: first + i, buildId: 'b', userId: 'u' };
        });
      },
    };
    const { get } = http(
      (await startServer({ orchestrator: createOrchestrator({ store }) })).httpUrl,
    );
    const page = await get('/api/workflows?search=nowhere');
    expect(page.body).toMatchObject({ nextPageToken: expect.any(String) });
    expect(page.body.workflows ?? []).toEqual([]);
    const next = await get(`/api/workflows?search=nowhere&page_token=${page.body.nextPageToken}`);
    expect(next.body.nextPageToken).not.toBe(page.body.nextPageToken);
  });

  it('start, advance, send back, roll back, and tell of it', async () => {
    const { get, post } = http((await startServer()).httpUrl);
    const started = await post(`/api/workflows/${projectId}/start`, start);
    expect(started).toMatchObject({
      status: 200,
      type: 'application/json',
      body: { state: 'discovery', role: 'q_assistant', revision: 1, epoch: 1 },
    });
    const workflow = `/api/workflows/${started.body.workflowId}`;
    expect((await post(`${workflow}/advance`, discovered)).body).toMatchObject({
      previousState: 'discovery',
      state: 'planning',
      complete: false,
    });
    const retry = { reason: 'the goal is open', requestedBy: 'q_assistant' };
    expect((await post(`${workflow}/request-retry`, retry)).body).toMatchObject({
      state: 'discovery',
      role: 'q_assistant',
      retries: 1,
      maxRetries: 3,
    });
    await post(`${workflow}/advance`, discovered);
    const { plan } = (await get(`${workflow}/rollback-plan?targetState=discovery`)).body;
    expect(plan).toMatchObject({
      state: 'planning',
      withdrawn: [{ state: 'discovery', hasOutput: true }, { state: 'planning' }],
    });
    const back = { target_state: 'discovery', reason: 'another goal', rolledBackBy: 'ada' };
    const other = { ...back, expectedPlan: plan.digest.replaceAll(/./g, '0') };
    expect((await post(`${workflow}/rollback`, other)).status).toBe(409);
    Object.assign(back, { expectedPlan: plan.digest });
    expect((await post(`${workflow}/rollback`, back)).body).toMatchObject({
      previousState: 'planning',
      state: 'discovery',
      rolledBackBy: 'ada',
      rolledBackAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
    expect((await get(`${workflow}/status`)).body.status).toMatchObject({
      state: 'discovery',
      progressPercent: 0,
      completedPhases: [],
      elapsed: expect.stringMatching(/^[\d.]+s$/),
      expectedNext: { states: ['planning'], role: 'q_assistant' },
    });
    const page = await get(`${workflow}/history?pageSize=1`);
    expect(page.body.handoffs).toMatchObject([{ number: 1, fromState: 'discovery' }]);
    const rest = `${workflow}/history?page_token=${page.body.nextPageToken}&page_size=1`;
    expect((await get(rest)).body.handoffs).toMatchObject([{ number: 2 }]);
    expect((await get(`/api/workflows/project/${projectId}/stats`)).body.stats).toMatchObject({
      projectId,
      total: 1,
      inProgress: 1,
      completed: 0,
    });
    expect((await get('/api/workflows?state=discovery')).body.workflows).toHaveLength(1);
    expect((await get('/api/workflows?state=planning')).body.workflows).toEqual([]);
    const definition = await get('/api/definitions/build?version=1');
    expect(definition.body.definition.transitions).toHaveLength(28);
  });

  it('take answers and decisions of people', async () => {
    const approvals = [{ from: 'discovery', to: 'planning' }];
    const { httpUrl, orchestrator } = await startServer({
      orchestrator: createOrchestrator({
        store: await createMemoryStore(),
        definitions: [buildDefinition({ approvals })],
      }),
    });
    const { post } = http(httpUrl);
    const { workflowId } = (await post(`/api/workflows/${projectId}/start`, start)).body;
    const worker = { workflowId, worker: 'w', roles: ['q_assistant'], leaseMs: 3_600_000 };
    const { claim } = await orchestrator.claim(worker);
    const questions = [{ text: 'Which theme?' }];
    await orchestrator.ask({ workflowId, claimToken: claim.token, questions });
    const workflow = `/api/workflows/${workflowId}`;
    const answer = { questionId: 'q1', answer: 'dark', answeredBy: 'ada' };
    expect(await post(`${workflow}/answer`, answer)).toMatchObject({
      status: 200,
      body: { openQuestionIds: [], state: 'discovery' },
    });
    expect(await post(`${workflow}/answer`, answer)).toMatchObject({ status: 409 });
    expect((await post(`${workflow}/advance`, discovered)).body).toMatchObject({
      awaitsApproval: true,
    });
    const role = { approved: true, decidedBy: 'code_writer' };
    expect(await post(`${workflow}/approval`, role)).toMatchObject({ status: 403 });
    const decision = { approved: true, decided_by: 'ada' };
    expect(await post(`${workflow}/approval`, decision)).toMatchObject({
      body: { state: 'planning', approved: true },
    });
  });

  it('take ids as they are, percent-encoded in the path', async () => {
    const { get, post } = http((await startServer()).httpUrl);
    const odd = 'a/b ü%?';
    await post(`/api/workflows/${encodeURIComponent(odd)}/start`, start);
    const { body } = await get(`/api/workflows/project/${encodeURIComponent(odd)}/stats`);
    expect(body.stats).toMatchObject({ projectId: odd, total: 1 });
    expect(await get('/api/workflows/%E0%A4%A/status')).toMatchObject({ status: 400 });
  });

  it('take the idempotency key as a header, bare or quoted', async () => {
    const { post } = http((await startServer()).httpUrl);
    const path = `/api/workflows/${projectId}/start`;
    const first = await post(path, start, { 'idempotency-key': 'k1' });
    expect(await post(path, start, { 'idempotency-key': '"k1"' })).toMatchObject({
      status: 200,
      body: first.body,
    });
    expect(await post(path, { ...start, requestId: 'k1' })).toMatchObject({ body: first.body });
    const other = { ...start, buildId: 'b2' };
    expect(await post(path, other, { 'idempotency-key': 'k1' })).toMatchObject({
      status: 422,
      body: { code: 'request_id_reused' },
    });
    const both = { ...start, requestId: 'k2' };
    expect(await post(path, both, { 'idempotency-key': 'k1' })).toMatchObject({
      status: 400,
      body: { violations: [{ field: 'requestId' }] },
    });
  });

  it('tell what they refuse as problem details', async () => {
    const { get, post } = http((await startServer()).httpUrl);
    const path = `/api/workflows/${projectId}/start`;
    expect(await get('/api/workflows/nope/status')).toMatchObject({
      status: 404,
      type: 'application/problem+json',
      body: { type: 'urn:baton:error:not_found', status: 404, code: 'not_found', retryable: false },
    });
    expect(await post(path, { ...start, buildId: '', maxRetries: 2000 })).toMatchObject({
      status: 400,
      body: { code: 'invalid_input', violations: [{ field: 'buildId' }, { field: 'maxRetries' }] },
    });
    expect(await post(path, { ...start, timeout: '0s' })).toMatchObject({
      body: { detail: expect.stringContaining('is not valid: timeout: ') },
    });
    expect(await post(path, { ...start, userId: '' })).toMatchObject({
      body: { detail: expect.stringContaining('is not valid: userId: ') },
    });
    expect(await post(path, { ...start, maxRetries: 'many', timeout: 5 })).toMatchObject({
      status: 400,
      body: { violations: [{ field: 'timeout' }, { field: 'maxRetries' }].reverse() },
    });
    expect(await post(path, { ...start, timeout: '0.0001s' })).toMatchObject({
      status: 400,
      body: { violations: [{ field: 'timeout' }] },
    });
    const unknown = await post(path, { ...start, buildld: 'b1' });
    expect(unknown).toMatchObject({ status: 400, body: { violations: [{ field: 'buildld' }] } });
    expect(unknown.body.legal).toContain('buildId');
    expect(await get('/api/workflows?limit=3')).toMatchObject({ status: 400 });

    const { workflowId } = (await post(path, start)).body;
    expect(await post(path, start)).toMatchObject({
      status: 409,
      body: { code: 'already_exists' },
    });
    const advance = (change: object) =>
      post(`/api/workflows/${workflowId}/advance`, { ...discovered, ...change });
    const illegal = await advance({ nextState: 'testing' });
    expect(illegal).toMatchObject({ status: 409, body: { code: 'illegal_transition' } });
    expect(illegal.body.legal).toContain('planning');
    expect(await advance({ role: 'code_writer' })).toMatchObject({ status: 403 });
    expect(await advance({ expectedRevision: 5 })).toMatchObject({
      status: 409,
      body: { code: 'stale_revision' },
    });
    expect(await advance({ result: { summary: 'x' } })).toMatchObject({ status: 400 });
    expect(await advance({ workflowId: 'another' })).toMatchObject({
      status: 400,
      body: { violations: [{ field: 'workflowId' }] },
    });
  });

  it('read every query as it is, and none that a change would leave aside', async () => {
    const { get, post } = http((await startServer()).httpUrl);
    const odd = await get('/api/workflows?project_id=p?&x=1');
    expect(odd).toMatchObject({ status: 400, body: { violations: [{ field: 'x' }] } });
    await post('/api/workflows/p%3F/start', start);
    expect((await get('/api/workflows?project_id=p?')).body.workflows).toHaveLength(1);
    const ignored = await post('/api/workflows/p/start?max_retries=5', start);
    expect(ignored).toMatchObject({ status: 400, body: { violations: [{ field: 'maxRetries' }] } });
    expect((await get('/api/workflows?project_id=p')).body.workflows).toEqual([]);
  });

  it('speak HTTP properly where no operation is reached', async () => {
    const { get, post, send } = http((await startServer()).httpUrl);
    const path = `/api/workflows/${projectId}/start`;
    expect(await get('/api/nothing')).toMatchObject({
      status: 404,
      type: 'application/problem+json',
      body: { type: 'about:blank', status: 404 },
    });
    const wrongMethod = await get(path);
    expect(wrongMethod).toMatchObject({ status: 405 });
    expect(wrongMethod.headers.get('allow')).toBe('POST');
    const deleted = await send('/api/workflows', { method: 'DELETE' });
    expect(deleted.headers.get('allow')).toBe('GET, HEAD');
    expect(await send('/api/workflows', { method: 'HEAD' })).toMatchObject({ status: 200 });
    expect(await post(path, '{"buildId":')).toMatchObject({ status: 400 });
    expect(await post(path, '[]')).toMatchObject({ status: 400 });
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(await post(path, 'a=b', form)).toMatchObject({ status: 415 });
    expect(await post(path, start, { 'content-encoding': 'gzip' })).toMatchObject({ status: 415 });
    const large = { ...start, requirements: { text: 'x'.repeat(5 * 1024 * 1024) } };
    expect(await post(path, large)).toMatchObject({ status: 413 });
    const payload = { ...start, requirements: { text: 'x'.repeat(3 * 1024 * 1024) } };
    expect(await post(path, payload)).toMatchObject({
      status: 413,
      body: { code: 'limit_exceeded' },
    });
  });

  it('tell a bug in Baton by an id alone, and an absent store with Retry-After', async () => {
    const lines: string[] = [];
    const broken = (orchestrator: Orchestrator): Orchestrator => ({
      ...orchestrator,
      status: () => Promise.reject(new Error('secret of the house')),
      projectStats: () => Promise.reject(new BatonError('unavailable', 'the store is away')),
    });
    const log = createLog({ level: 'error', write: (line) => lines.push(line) });
    const { get } = http((await startServer({ log }, broken)).httpUrl);
    const bug = await get('/api/workflows/w/status');
    expect(bug).toMatchObject({ status: 500, body: { code: 'internal' } });
    expect(JSON.stringify(bug.body)).not.toContain('secret');
    expect(lines.join('')).toContain(bug.body.metadata.error_id);
    const away = await get('/api/workflows/project/p/stats');
    expect(away).toMatchObject({ status: 503, body: { retryable: true } });
    expect(away.headers.get('retry-after')).toBe('1');
  });

  it('outlive requests that are no proper HTTP', async () => {
    const { httpUrl, httpPort } = await startServer();
    const rpc = 'POST /baton.v1.WorkflowService/GetDefinition';
    for (const request of [
      `${rpc} HTTP/1.0\r\n\r\n`,
      `${rpc} HTTP/1.1\r\nhost: a b:99999999\r\n\r\n`,
      'GET //[ HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
      'nonsense\r\n\r\n',
    ]) {
      const answer = await new Promise<string>((resolve) => {
        const socket = connectTcp(httpPort, '127.0.0.1', () => socket.write(request));
        socket.once('data', (data) => {
          resolve(String(data));
          socket.destroy();
        });
        socket.once('close', () => resolve(''));
      });
      expect(answer).toMatch(/^HTTP\/1\.1 4/);
    }
    expect(await http(httpUrl).get('/healthz')).toMatchObject({
      status: 200,
      body: { status: 'SERVING' },
    });
  });
});
