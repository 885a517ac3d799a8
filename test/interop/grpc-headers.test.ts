import { connect } from 'node:http2';
import { setLogger } from '@grpc/grpc-js';
import { expect, it, onTestFinished } from 'vitest';
import { startServer } from './start-server.ts';

/** Asks whether the server is well, with headers of the caller's own. */
async function checkHealth(address: string, headers: Record<string, string>) {
  const session = connect(`http://${address}`);
  onTestFinished(() => session.destroy());
  const stream = session.request({
    ...{ ':method': 'POST', ':path': '/grpc.health.v1.Health/Check' },
    ...{ 'content-type': 'application/grpc', te: 'trailers', ...headers },
  });
  const found: Record<string, unknown> = {};
  stream.on('response', (more) => Object.assign(found, more));
  stream.on('trailers', (more) => Object.assign(found, more));
  stream.resume();
  stream.end(Buffer.alloc(5));
  await new Promise((resolve) => stream.once('close', resolve));
  return found;
}

it.each([
  ['text that is not ASCII', { 'user-agent': '\u00ff\u00fe' }],
  ['a name that gRPC does not know', { 'x~y': 'z' }],
])('headers with %s are left out, and nothing is written on standard error', async (_, headers) => {
  const written: unknown[] = [];
  const keep = (...words: unknown[]) => written.push(words);
  setLogger({ error: keep, info: keep, debug: keep });
  onTestFinished(() => setLogger(console));
  const { grpcAddress } = await startServer();
  const answer = await checkHealth(grpcAddress, headers);
  expect(answer['grpc-status']).toBe('0');
  expect(written).toEqual([]);
});
