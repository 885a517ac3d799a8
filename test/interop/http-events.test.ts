import type { Orchestrator } from '@baton/core';
import { describe, expect, it } from 'vitest';
import { aBuild, startServer, type TestServer } from './start-server.ts';

interface SentEvent {
  readonly id: string | undefined;
  readonly event: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON the server sends
  readonly data: any;
}

/** Reads a stream of server-sent events as a browser would; comments are left out. */
async function* read(response: Response, comments: string[] = []): AsyncGenerator<SentEvent> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const block = text.slice(0, end);
      text = text.slice(end + 2);
      if (block.startsWith(':')) {
        comments.push(block);
        continue;
      }
      const lines = block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2));
      const { id, event, data } = Object.fromEntries(lines);
      yield { id, event, data: JSON.parse(data) };
    }
  }
}

async function startBuild({ orchestrator }: TestServer): Promise<string> {
  return (await orchestrator.start({ ...aBuild, buildId: 'b1' })).workflowId;
}

async function advance({ orchestrator }: TestServer, workflowId: string): Promise<void> {
  await orchestrator.advance({
    workflowId,
    role: 'q_assistant',
    completedState: 'discovery',
    result: { summary: 'a', requirements: ['b'] },
  });
}

describe('events over HTTP', () => {
  it('arrive as they happen, numbered by their sequence', async () => {
    const server = await startServer();
    const workflowId = await startBuild(server);
    const response = await fetch(`${server.httpUrl}/api/workflows/${workflowId}/events`);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const events = read(response);
    expect((await events.next()).value).toMatchObject({
      id: '1',
      event: undefined,
      data: { workflowId, sequence: 1, type: 'workflow_started', data: { to: 'discovery' } },
    });
    await advance(server, workflowId);
    expect((await events.next()).value).toMatchObject({
      id: '2',
      data: { type: 'state_advanced' },
    });
    await events.return(undefined);
  });

  it('have progress between them for those who ask, under a name of its own', async () => {
    const server = await startServer();
    const workflowId = await startBuild(server);
    const url = `${server.httpUrl}/api/workflows/${workflowId}/events?include_progress=true`;
    const events = read(await fetch(url));
    await events.next();
    const worker = { workflowId, worker: 'w', roles: ['q_assistant'], leaseMs: 3_600_000 };
    const { claim } = await server.orchestrator.claim(worker);
    expect((await events.next()).value).toMatchObject({ id: '2' });
    const messages = ['reading'];
    await server.orchestrator.reportProgress({ workflowId, claimToken: claim.token, messages });
    expect((await events.next()).value).toMatchObject({
      id: undefined,
      event: 'progress',
      data: { message: 'reading', state: 'discovery', attempt: 1 },
    });
    await events.return(undefined);
  });

  it('go on after Last-Event-ID, or after the query on the first visit', async () => {
    const server = await startServer();
    const workflowId = await startBuild(server);
    await advance(server, workflowId);
    const path = `${server.httpUrl}/api/workflows/${workflowId}/events`;
    for (const [url, headers] of [
      [`${path}?follow=false`, { 'last-event-id': '1' }],
      [`${path}?follow=false&after_sequence=1`, {}],
      [`${path}?follow=false&afterSequence=0`, { 'last-event-id': '1' }],
    ] as const) {
      const ids = [];
      for await (const { id } of read(await fetch(url, { headers }))) ids.push(id);
      expect(ids).toEqual(['2']);
    }
    for (const id of ['x', '-1', '1.5', '0x1', '1e1', '4294967296', '9'.repeat(20), '1, 2']) {
      const nonsense = await fetch(path, { headers: { 'last-event-id': id } });
      expect(nonsense.status).toBe(400);
      expect(await nonsense.json()).toMatchObject({
        code: 'invalid_input',
        violations: [{ field: 'Last-Event-ID' }],
      });
    }
  });

  it('answer a HEAD at once, with what a GET would begin with', async () => {
    const server = await startServer();
    const workflowId = await startBuild(server);
    const head = (id: string) =>
      fetch(`${server.httpUrl}/api/workflows/${id}/events`, { method: 'HEAD' });
    const found = await head(workflowId);
    expect(found.status).toBe(200);
    expect(found.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(await found.text()).toBe('');
    expect((await head('nope')).status).toBe(404);
    // No stream has been left behind that a stop would have to wait for.
    await server.stop();
  });

  it('answer 204 to a browser that has seen all of a complete workflow', async () => {
    const complete = (orchestrator: Orchestrator): Orchestrator => ({
      ...orchestrator,
      status: async (request) => ({ ...(await orchestrator.status(request)), completedAt: 1 }),
    });
    const server = await startServer({}, complete);
    const workflowId = await startBuild(server);
    const path = `${server.httpUrl}/api/workflows/${workflowId}/events`;
    expect((await fetch(path, { headers: { 'last-event-id': '1' } })).status).toBe(204);
    const ahead = read(await fetch(path, { headers: { 'last-event-id': '2' } }));
    const { value: problem } = await ahead.next();
    expect(problem).toMatchObject({ event: 'problem', data: { code: 'invalid_input' } });
    const before = await fetch(`${path}?follow=false`);
    expect(before.status).toBe(200);
    await before.body?.cancel();
  });

  it('refuse an unknown workflow with a problem, not with a stream', async () => {
    const { httpUrl } = await startServer();
    const response = await fetch(`${httpUrl}/api/workflows/nope/events`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'not_found' });
  });

  it('keep a quiet stream alive, and forget a reader who has gone', async () => {
    const signals: AbortSignal[] = [];
    const spying = (orchestrator: Orchestrator): Orchestrator => ({
      ...orchestrator,
      watch(request, signal) {
        if (signal) signals.push(signal);
        return orchestrator.watch(request, signal);
      },
    });
    const server = await startServer({ heartbeatSeconds: 0.05 }, spying);
    const workflowId = await startBuild(server);
    const gone = new AbortController();
    const url = `${server.httpUrl}/api/workflows/${workflowId}/events`;
    const comments: string[] = [];
    const events = read(await fetch(url, { signal: gone.signal }), comments);
    await events.next();
    const waiting = events.next().catch(() => undefined);
    const heartbeats = () => comments.filter((comment) => comment === ': heartbeat').length;
    await expect.poll(heartbeats).toBeGreaterThan(1);
    gone.abort();
    await waiting;
    await expect.poll(() => signals[0]?.aborted).toBe(true);
  });

  it('tell a reader what will not pass', async () => {
    const broken = (orchestrator: Orchestrator): Orchestrator => ({
      ...orchestrator,
      // biome-ignore lint/correctness/useYield: it fails before its first event
      async *watch() {
        throw new Error('a bug');
      },
    });
    const server = await startServer({}, broken);
    const workflowId = await startBuild(server);
    const response = await fetch(`${server.httpUrl}/api/workflows/${workflowId}/events`);
    const { value } = await read(response).next();
    expect(value).toMatchObject({ event: 'problem', data: { status: 500, code: 'internal' } });
  });
});
