import { brotliCompressSync, gzipSync } from 'node:zlib';
import { BadRequestSchema, ErrorInfoSchema, StatusSchema, WorkflowService } from '@baton/proto';
import { fromBinary } from '@bufbuild/protobuf';
import { base64Decode } from '@bufbuild/protobuf/wire';
import { anyUnpack } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { createConnectTransport, createGrpcWebTransport } from '@connectrpc/connect-node';
import { status as GrpcCode } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { connect, refusal } from './grpc-client.ts';
import { aBuild, startServer } from './start-server.ts';
import { toStruct } from './struct.ts';

const TOO_LARGE = 'x'.repeat(5 * 1024 * 1024);

const START = 'WorkflowService/StartWorkflow';
const STATUS = 'WorkflowService/GetWorkflowStatus';
const WATCH = 'WorkflowService/WatchWorkflow';

/** What a refused caller is told, in each protocol. */
interface Refusal {
  readonly code: number | string;
  readonly message: string;
  readonly reason: string | undefined;
  readonly fields: readonly string[];
}

/** The error of Connect, alone or at the end of a stream. */
function fromConnect({ code, message, details = [] }: ConnectAnswer): Refusal {
  const bytesOf = (type: string) =>
    details.filter((one) => one.type === type).map(({ value }) => base64Decode(value));
  const [info] = bytesOf(ErrorInfoSchema.typeName);
  return {
    code,
    message,
    reason: info && fromBinary(ErrorInfoSchema, info).reason,
    fields: bytesOf(BadRequestSchema.typeName).flatMap((bytes) =>
      fromBinary(BadRequestSchema, bytes).fieldViolations.map(({ field }) => field),
    ),
  };
}

interface ConnectAnswer {
  readonly code: string;
  readonly message: string;
  readonly details?: readonly { readonly type: string; readonly value: string }[];
}

/** The error in the trailers of gRPC-Web, which come as the body's last message. */
function fromGrpcWeb(body: string): Refusal {
  const line = (name: string) => new RegExp(`${name}: (.*)\r\n`).exec(body)?.[1] ?? '';
  const { details } = fromBinary(StatusSchema, base64Decode(line('grpc-status-details-bin')));
  const info = details
    .map((any) => anyUnpack(any, ErrorInfoSchema))
    .find((one) => one !== undefined);
  const bad = details
    .map((any) => anyUnpack(any, BadRequestSchema))
    .find((one) => one !== undefined);
  return {
    code: Number(line('grpc-status')),
    message: decodeURIComponent(line('grpc-message')),
    reason: info?.reason,
    fields: bad?.fieldViolations.map(({ field }) => field) ?? [],
  };
}

interface Sent {
  readonly type: string;
  readonly body: Uint8Array;
  readonly rpc?: string;
  readonly headers?: Record<string, string>;
}

async function post(
  httpUrl: string,
  { type, body, rpc = START, headers = {} }: Sent,
): Promise<Refusal> {
  const response = await fetch(`${httpUrl}/baton.v1.${rpc}`, {
    method: 'POST',
    headers: { 'content-type': type, ...headers },
    body: Buffer.from(body),
  });
  const answer = Buffer.from(await response.arrayBuffer());
  if (type.startsWith('application/grpc-web')) return fromGrpcWeb(answer.toString());
  if (!type.startsWith('application/connect')) return fromConnect(JSON.parse(answer.toString()));
  return fromConnect(JSON.parse(answer.subarray(5).toString()).error);
}

async function get(httpUrl: string, query: Record<string, string>): Promise<Refusal> {
  const url = `${httpUrl}/baton.v1.${STATUS}?${new URLSearchParams({ connect: 'v1', ...query })}`;
  const response = await fetch(url);
  return fromConnect((await response.json()) as ConnectAnswer);
}

function enveloped(message: Uint8Array, flags = 0): Uint8Array {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt8(flags);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** Requests for one field, the workflow's or the project's id, which has the number 1. */
const bad = {
  proto: [
    ['is cut off', new Uint8Array([0x0a, 0x7f, 0x61])],
    ['is no UTF-8', new Uint8Array([0x0a, 2, 0xff, 0xfe])],
    ['is of another kind', new Uint8Array([0x08, 1])],
    ['is unknown', new Uint8Array([0x0a, 1, 0x61, 0xfa, 0x3f, 1, 0x61])],
    ['has a number that is none', new Uint8Array(11).fill(0xff)],
  ],
  json: [
    ['is cut off', Buffer.from('{"')],
    ['is no UTF-8', Buffer.from([...Buffer.from('{"workflowId":"'), 0xff, 0xfe, 0x22, 0x7d])],
    ['is of another kind', Buffer.from('{"workflowId":5}')],
    ['is unknown', Buffer.from('{"zz":1}')],
    ['comes twice', Buffer.from('{"workflowId":"a","workflowId":"a"}')],
  ],
} as const satisfies Record<string, readonly (readonly [string, Uint8Array])[]>;

const compressions: readonly [string, (bytes: Uint8Array) => Uint8Array][] = [
  ['identity', (bytes) => bytes],
  ['gzip', (bytes) => gzipSync(bytes)],
  ['br', (bytes) => brotliCompressSync(bytes)],
];

const cases = (['proto', 'json'] as const).flatMap((encoding) =>
  bad[encoding].flatMap(([what, bytes]) =>
    compressions.map(([name, compress]) => ({ what, encoding, bytes, name, compress })),
  ),
);

describe('what is no message', () => {
  it.each(cases)(
    'is INVALID_ARGUMENT with details, in every protocol: $encoding that $what ($name)',
    async ({ encoding, bytes, name, compress }) => {
      const { httpUrl } = await startServer();
      const packed = compress(bytes);
      const isPacked = name !== 'identity';
      const envelope = enveloped(packed, isPacked ? 1 : 0);
      const refusals = await Promise.all([
        post(httpUrl, {
          type: `application/${encoding}`,
          body: packed,
          rpc: STATUS,
          headers: { 'content-encoding': name },
        }),
        get(httpUrl, {
          encoding,
          base64: '1',
          compression: name,
          message: Buffer.from(packed).toString('base64url'),
        }),
        post(httpUrl, {
          type: `application/connect+${encoding}`,
          body: envelope,
          rpc: WATCH,
          headers: { 'connect-content-encoding': name },
        }),
        post(httpUrl, {
          type: `application/grpc-web+${encoding}`,
          body: envelope,
          rpc: STATUS,
          headers: { 'grpc-encoding': name },
        }),
      ]);
      for (const { code, message, reason, fields } of refusals) {
        expect(['invalid_argument', GrpcCode.INVALID_ARGUMENT]).toContain(code);
        expect(message).toMatch(/^not a baton\.v1\.(GetWorkflowStatus|WatchWorkflow)Request: /);
        expect(reason).toBe('INVALID_INPUT');
        expect(fields).toHaveLength(1);
      }
      // Only the types' names differ, and the lists of the fields there are.
      const seen = refusals.map(({ message, fields }) => [
        message.replace(/^.*?: |; fields: .*$/g, ''),
        fields,
      ]);
      expect(new Set(seen.map((one) => JSON.stringify(one))).size).toBe(1);
    },
  );

  it('is INVALID_ARGUMENT when it is not packed as it says', async () => {
    const { httpUrl } = await startServer();
    const good = Buffer.from('{"workflowId":"w"}');
    const web = 'application/grpc-web+json';
    const refusals = await Promise.all([
      get(httpUrl, { encoding: 'proto', base64: '1', message: '!!!!' }),
      get(httpUrl, { encoding: 'json', base64: '1', compression: 'gzip', message: 'AAAA' }),
      post(httpUrl, {
        type: 'application/json',
        body: good,
        headers: { 'content-encoding': 'gzip' },
      }),
      post(httpUrl, {
        type: 'application/json',
        body: gzipSync(good).subarray(0, 20),
        headers: { 'content-encoding': 'gzip' },
      }),
      post(httpUrl, { type: web, body: enveloped(good, 1) }),
      post(httpUrl, { type: web, body: enveloped(good, 0x40) }),
      post(httpUrl, { type: web, body: enveloped(good).subarray(0, 3) }),
      post(httpUrl, { type: web, body: enveloped(good).subarray(0, 12) }),
      post(httpUrl, { type: web, body: Buffer.concat([enveloped(good), enveloped(good)]) }),
      post(httpUrl, { type: web, body: new Uint8Array() }),
    ]);
    for (const { code, reason } of refusals) {
      expect(['invalid_argument', GrpcCode.INVALID_ARGUMENT]).toContain(code);
      expect(reason).toBe('INVALID_INPUT');
    }
  });

  it('is no matter of the compression where it is well: each is read', async () => {
    const { httpUrl } = await startServer();
    const good = Buffer.from('{"workflowId":"w"}');
    for (const [name, compress] of compressions) {
      const packed = compress(good);
      const isPacked = name !== 'identity';
      const refusals = [
        await post(httpUrl, {
          type: 'application/json',
          body: packed,
          rpc: STATUS,
          headers: { 'content-encoding': name },
        }),
        await get(httpUrl, {
          encoding: 'json',
          base64: '1',
          compression: name,
          message: Buffer.from(packed).toString('base64url'),
        }),
        await post(httpUrl, {
          type: 'application/grpc-web+json',
          body: enveloped(packed, isPacked ? 1 : 0),
          rpc: STATUS,
          headers: { 'grpc-encoding': name },
        }),
      ];
      for (const { code } of refusals) expect(['not_found', GrpcCode.NOT_FOUND]).toContain(code);
    }
  });

  it('is RESOURCE_EXHAUSTED with details when it is over 4 MiB, on every binding', async () => {
    const { httpUrl, grpcAddress } = await startServer();
    for (const [type, body] of [
      ['application/json', JSON.stringify({ userId: TOO_LARGE })],
      ['application/proto', TOO_LARGE],
    ] as const) {
      expect(await post(httpUrl, { type, body: Buffer.from(body) })).toMatchObject({
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
