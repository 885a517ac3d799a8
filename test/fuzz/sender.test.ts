import { once } from 'node:events';
import { connect, createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { GetProjectStatsRequestSchema } from '@baton/proto';
import { toBinary } from '@bufbuild/protobuf';
import { expect, it, onTestFinished, vi } from 'vitest';
import { WAIT_MS } from '../../packages/adapters/src/testing/patience.ts';
import { makeCertificate } from '../interop/certificate.ts';
import { startServer } from '../interop/start-server.ts';
import { ask } from './ask.ts';
import type { Sent } from './sent.ts';
import { createHttp2Connection } from './wire/http2-connection.ts';
import { createSender } from './wire/sender.ts';

const message = { $typeName: 'baton.v1.GetProjectStatsRequest', projectId: 'p' } as const;
const proto = Buffer.from(toBinary(GetProjectStatsRequestSchema, message)).toString('base64');
const json = Buffer.from('{"projectId":"p"}').toString('base64');
const common = {
  method: 'baton.v1.WorkflowService/GetProjectStats',
  compression: 'identity',
  timeoutMs: 5000,
} as const;
const asked: readonly Sent[] = [
  { ...common, protocol: 'connect', encoding: 'json', body: json },
  { ...common, protocol: 'connect', encoding: 'proto', body: proto },
  { ...common, protocol: 'get', encoding: 'json', body: json },
  { ...common, protocol: 'grpc-web', encoding: 'json', body: json },
  { ...common, protocol: 'grpc', encoding: 'proto', body: proto },
  {
    ...common,
    protocol: 'json',
    encoding: 'json',
    body: '',
    path: '/api/workflows/project/p/stats',
  },
];

it.each(['tls', 'h2'] as const)('every protocol is answered over %s', async (over) => {
  const tls = makeCertificate();
  const { grpcPort, httpPort } = await startServer({ tls });
  const sender = createSender({ grpcPort, httpPort, secure: { grpcPort, httpPort, ca: tls.cert } });
  const replies = [];
  for (const sent of asked) replies.push(await ask(sender, { ...sent, over }));
  sender.close();
  expect(replies.map(({ fault }) => fault)).toEqual(asked.map(() => undefined));
  const stats = { stats: expect.objectContaining({ projectId: 'p' }) };
  expect(replies.map(({ reply }) => reply)).toEqual(asked.map(() => stats));
});

it('bytes that are no request are followed by the end of their connection', async () => {
  const tls = makeCertificate();
  const { grpcPort, httpPort } = await startServer({ tls });
  const sender = createSender({ grpcPort, httpPort, secure: { grpcPort, httpPort, ca: tls.cert } });
  const bytes = Buffer.from('no request\r\n\r\n').toString('base64');
  const send = (over: 'tls' | 'h2', handshake: boolean) =>
    sender.send({
      ...{ ...common, protocol: 'connect', encoding: 'json', body: json, over },
      wrong: { raw: { bytes, handshake } },
    });
  // On a busy machine the sender may have left before.
  await vi.waitFor(
    async () => {
      expect(await send('tls', false)).toMatchObject({ outcome: 'answered', status: 400 });
      expect(await send('h2', false)).toMatchObject({ outcome: 'closed' });
      expect(await send('tls', true)).toMatchObject({ outcome: 'closed' });
    },
    { timeout: WAIT_MS },
  );
  sender.close();
});

it('a caller that leaves in the middle of an answer has none', async () => {
  const server = createServer().listen(0);
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  server.on('stream', (stream) => {
    stream.on('error', () => {});
    stream.respond({ ':status': 200 });
    stream.write('half of it');
  });
  const { port } = server.address() as AddressInfo;
  const connection = createHttp2Connection(() => connect(`http://127.0.0.1:${port}`));
  onTestFinished(() => connection.close());
  const body = Buffer.alloc(0);
  const answer = await connection.ask({
    wire: { verb: 'GET', path: '/', headers: {}, body },
    ...{ portion: body, chunked: false, isOrderly: true, cut: undefined },
    ...{ cancelAfterMs: 50, lateAfterMs: 20_000 },
  });
  expect(answer.outcome).toBe('cancelled');
});
