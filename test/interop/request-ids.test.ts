import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { createMemoryStore, createOrchestrator } from '@baton/core';
import { createLog } from '@baton/server';
import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeCertificate } from './certificate.ts';
import { startServer } from './start-server.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const traceparent = `00-${TRACE}-${SPAN}-01`;
const ids = { traceId: TRACE, spanId: SPAN };
const UNKNOWN = { workflowId: 'wf_unknown' };

// biome-ignore lint/suspicious/noExplicitAny: lines are what they are found to be
type Line = any;

/** A server whose lines are kept. */
async function loggingServer(options: Parameters<typeof startServer>[0] = {}) {
  const lines: Line[] = [];
  const log = createLog({ level: 'debug', write: (line) => lines.push(JSON.parse(line)) });
  const server = await startServer({ log, ...options });
  const requests = () => lines.filter(({ message }) => message === 'request');
  return { ...server, lines, requests };
}

interface Answer {
  readonly header: readonly unknown[];
  readonly trailer: readonly unknown[];
  readonly code: number;
}

/** Calls over gRPC, with an empty request. */
function callGrpc(
  address: string,
  method: string,
  headers: Record<string, string>,
): Promise<Answer> {
  const client = new Client(address, credentials.createInsecure());
  onTestFinished(() => client.close());
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  const same = (value: Buffer) => value;
  return new Promise((resolve) => {
    let header: unknown[] = [];
    const path = `/baton.v1.${method}`;
    const answered = (error: ServiceError | null) => {
      const trailer = error?.metadata.get('x-request-id') ?? [];
      resolve({ header, trailer, code: error?.code ?? 0 });
    };
    client
      .makeUnaryRequest(path, same, same, Buffer.alloc(0), metadata, answered)
      .on('metadata', (found: Metadata) => {
        header = found.get('x-request-id');
      });
  });
}

describe('the id of a request', () => {
  it('is given back over gRPC and stands in its line, with the ids of its trace', async () => {
    const { grpcAddress, requests } = await loggingServer();
    const headers = { 'x-request-id': 'order-7', traceparent };
    const found = await callGrpc(grpcAddress, 'WorkflowService/ListWorkflows', headers);
    expect(found).toEqual({ header: ['order-7'], trailer: [], code: 0 });
    expect(requests()).toMatchObject([{ requestId: 'order-7', ...ids, outcome: 'ok' }]);
  });

  it('is given back with a refusal over gRPC, in the trailer', async () => {
    const { grpcAddress, requests } = await loggingServer();
    const headers = { 'x-request-id': 'order-8' };
    const found = await callGrpc(grpcAddress, 'WorkflowService/StartWorkflow', headers);
    expect(found).toMatchObject({ trailer: ['order-8'], code: 3 });
    expect(requests()).toMatchObject([{ requestId: 'order-8', outcome: 'invalid_input' }]);
  });

  it('is given back over HTTP and Connect, whatever the answer, and stands in the line', async () => {
    const { httpUrl, requests } = await loggingServer();
    const ask = async (path: string, init: RequestInit = {}) => {
      const headers = { 'x-request-id': 'order-9', traceparent, ...init.headers };
      return (await fetch(`${httpUrl}${path}`, { ...init, headers })).headers.get('x-request-id');
    };
    const post = (body: object) => ({
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const found = [
      await ask('/api/workflows'),
      await ask('/api/workflows/wf_unknown/status'),
      await ask('/baton.v1.WorkflowService/ListWorkflows', post({})),
      await ask('/baton.v1.WorkflowService/GetWorkflowStatus', post(UNKNOWN)),
      await ask('/no/such/path'),
      await ask('/livez'),
    ];
    expect(found).toEqual(found.map(() => 'order-9'));
    expect(
      requests().map(({ requestId, traceId, spanId, outcome }) => [
        requestId,
        traceId,
        spanId,
        outcome,
      ]),
    ).toEqual(
      ['ok', 'not_found', 'ok', 'not_found'].map((outcome) => ['order-9', TRACE, SPAN, outcome]),
    );
  });

  it('is given back over HTTP/2', async () => {
    const tls = makeCertificate();
    const { httpUrl } = await loggingServer({ tls });
    const session = connectHttp2(httpUrl, { ca: tls.cert });
    const stream = session.request({ ':path': '/api/workflows', 'x-request-id': 'order-10' });
    const [headers] = await once(stream.resume(), 'response');
    session.destroy();
    expect(headers).toMatchObject({ ':status': 200, 'x-request-id': 'order-10' });
  });

  it.each([
    ['is missing', undefined],
    ['is too long', 'x'.repeat(129)],
    ['has what a line of a log may not have', 'a b'],
  ])('is made up where it %s, another for each request', async (_, id) => {
    const { httpUrl, grpcAddress, requests } = await loggingServer();
    const headers: Record<string, string> = id === undefined ? {} : { 'x-request-id': id };
    await callGrpc(grpcAddress, 'WorkflowService/ListWorkflows', headers);
    const answer = await fetch(`${httpUrl}/api/workflows`, { headers });
    const [first, second] = requests().map(({ requestId }) => requestId);
    expect(answer.headers.get('x-request-id')).toBe(second);
    expect(first).toMatch(/^[\w-]{12,40}$/);
    expect(second).toMatch(/^[\w-]{12,40}$/);
    expect(new Set([first, second, id]).size).toBe(3);
  });

  it('has no trace where the header names none', async () => {
    const { httpUrl, requests } = await loggingServer();
    await fetch(`${httpUrl}/api/workflows`, { headers: { traceparent: '00-0-0-01' } });
    expect(requests()[0]).not.toHaveProperty('traceId');
  });

  it('stands with a bug that the request ran into, on every binding', async () => {
    const orchestrator = createOrchestrator({ store: await createMemoryStore() });
    const broken = {
      ...orchestrator,
      list: () => Promise.reject(new TypeError('x is not a function')),
    };
    const { httpUrl, grpcAddress, lines } = await loggingServer({ orchestrator: broken });
    const headers = { 'x-request-id': 'order-11' };
    await callGrpc(grpcAddress, 'WorkflowService/ListWorkflows', headers);
    await fetch(`${httpUrl}/api/workflows`, { headers });
    const connect = { 'content-type': 'application/json', ...headers };
    const rpc = `${httpUrl}/baton.v1.WorkflowService/ListWorkflows`;
    await fetch(rpc, { method: 'POST', headers: connect, body: '{}' });
    const bugs = lines.filter(({ level }) => level === 'error');
    expect(bugs.map(({ requestId }) => requestId)).toEqual(['order-11', 'order-11', 'order-11']);
  });
});
