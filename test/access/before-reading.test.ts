import { connect } from 'node:net';
import { createMemoryStore } from '@baton/core';
import { WorkflowService } from '@baton/proto';
import { createAccess, createKeyAuthenticator } from '@baton/server';
import { credentials, Metadata, makeClientConstructor, status } from '@grpc/grpc-js';
import { expect, it, onTestFinished } from 'vitest';
import { startServer, type TestServer } from '../interop/start-server.ts';

/** A caller that is not known is told so before what it sends is read: strangers must not keep a server busy. */

async function startAsking(): Promise<TestServer> {
  const { documents } = await createMemoryStore();
  return startServer({ access: createAccess([createKeyAuthenticator(documents)]) });
}

/** Sends the head of a request and a part of its body, and never the rest. Resolves with the head of the answer. */
function answerToPart(address: string, head: readonly string[], part: string): Promise<string> {
  const { hostname, port } = new URL(address);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      const lines = [...head, `host: ${hostname}:${port}`, 'content-length: 1000', '', part];
      socket.write(lines.join('\r\n'));
    });
    onTestFinished(() => void socket.destroy());
    socket.once('data', (answer) => resolve(answer.toString()));
    socket.once('error', reject);
  });
}

it.each([
  ['the HTTP+JSON routes', 'POST /api/workflows/p/start HTTP/1.1', 'application/json'],
  ['Connect', 'POST /baton.v1.WorkflowService/StartWorkflow HTTP/1.1', 'application/json'],
  ['gRPC-Web', 'POST /baton.v1.WorkflowService/StartWorkflow HTTP/1.1', 'application/grpc-web'],
])('answers over %s while the body is still on its way', async (_, line, type) => {
  const { httpUrl } = await startAsking();
  const answer = await answerToPart(httpUrl, [line, `content-type: ${type}`], '{"a');
  // gRPC-Web has its status in a trailer, behind 200.
  expect(answer).toMatch(/HTTP\/1.1 401|"unauthenticated"|grpc-status: ?16/i);
});

it.each(['StartWorkflow', 'WatchWorkflow'])(
  'answers over gRPC that it does not know the caller, not that the bytes of %s are no message',
  async (name) => {
    const { grpcAddress } = await startAsking();
    const client = new (makeClientConstructor({}, 'raw'))(
      grpcAddress,
      credentials.createInsecure(),
    );
    onTestFinished(() => client.close());
    const path = `/${WorkflowService.typeName}/${name}`;
    const code = await new Promise((resolve) => {
      const same = (bytes: Buffer) => bytes;
      const noMessage = Buffer.from('no message at all');
      const stream = client.makeServerStreamRequest(path, same, same, noMessage, new Metadata());
      stream.on('error', (error) => resolve((error as { code?: number }).code));
      stream.on('end', () => resolve(status.OK));
      stream.resume();
    });
    expect(code).toBe(status.UNAUTHENTICATED);
  },
);
