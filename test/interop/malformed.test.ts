import { BadRequestSchema, ErrorInfoSchema, WorkflowService } from '@baton/proto';
import { fromBinary } from '@bufbuild/protobuf';
import { base64Decode } from '@bufbuild/protobuf/wire';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { createConnectTransport, createGrpcWebTransport } from '@connectrpc/connect-node';
import { status as GrpcCode } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { connect, refusal } from './grpc-client.ts';
import { aBuild, startServer } from './start-server.ts';
import { toStruct } from './struct.ts';

const TOO_LARGE = 'x'.repeat(5 * 1024 * 1024);

/** What Connect answers to some bytes that are sent as a request. */
async function post(httpUrl: string, type: string, body: Uint8Array | string) {
  const response = await fetch(`${httpUrl}/baton.v1.WorkflowService/StartWorkflow`, {
    method: 'POST',
    headers: { 'content-type': type },
    body: typeof body === 'string' ? body : Buffer.from(body),
  });
  const {
    code,
    message,
    details = [],
  } = (await response.json()) as {
    code: string;
    message: string;
    details?: { type: string; value: string }[];
  };
  const info = details.find((detail) => detail.type === ErrorInfoSchema.typeName);
  const bad = details.find((detail) => detail.type === BadRequestSchema.typeName);
  return {
    status: response.status,
    code,
    message,
    reason: info && fromBinary(ErrorInfoSchema, base64Decode(info.value)).reason,
    fields:
      bad &&
      fromBinary(BadRequestSchema, base64Decode(bad.value)).fieldViolations.map(
        ({ field }) => field,
      ),
  };
}

describe('what is no message', () => {
  it.each([
    ['JSON that is cut off', 'application/json', '{"projectId":'],
    ['JSON of another shape', 'application/json', '{"projectId": 5}'],
    ['JSON that is no UTF-8', 'application/json', new Uint8Array([0x22, 0xff, 0x22])],
    ['protobuf that is cut off', 'application/proto', new Uint8Array([0x0a, 0xff])],
    ['text as protobuf', 'application/proto', 'hello'],
  ])('is INVALID_ARGUMENT with details over Connect: %s', async (_name, type, body) => {
    const { httpUrl } = await startServer();
    expect(await post(httpUrl, type, body)).toMatchObject({
      status: 400,
      code: 'invalid_argument',
      message: expect.stringContaining('not a baton.v1.StartWorkflowRequest'),
      reason: 'INVALID_INPUT',
      fields: [''],
    });
  });

  it('is RESOURCE_EXHAUSTED with details when it is over 4 MiB, on every binding', async () => {
    const { httpUrl, grpcAddress } = await startServer();
    for (const [type, body] of [
      ['application/json', JSON.stringify({ userId: TOO_LARGE })],
      ['application/proto', TOO_LARGE],
    ] as const) {
      expect(await post(httpUrl, type, body)).toMatchObject({
        status: 429,
        code: 'resource_exhausted',
        reason: 'LIMIT_EXCEEDED',
      });
    }
    for (const create of [createConnectTransport, createGrpcWebTransport]) {
      const client = createClient(
        WorkflowService,
        create({ baseUrl: httpUrl, httpVersion: '1.1' }),
      );
      const error: ConnectError = await client
        .startWorkflow({ ...aBuild, userId: TOO_LARGE })
        .then(() => expect.unreachable(), ConnectError.from);
      expect(error.code).toBe(Code.ResourceExhausted);
      expect(error.findDetails(ErrorInfoSchema)).toMatchObject([{ reason: 'LIMIT_EXCEEDED' }]);
    }
    const grpc = connect(grpcAddress);
    const start = { ...aBuild, requirements: toStruct({}), userId: TOO_LARGE };
    expect(await refusal(grpc.call('startWorkflow', start))).toMatchObject({
      code: GrpcCode.RESOURCE_EXHAUSTED,
      info: { reason: 'LIMIT_EXCEEDED' },
    });
  });
});
