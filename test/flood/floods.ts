import {
  claimOf,
  FRAME,
  frame,
  grpcHeaders,
  grpcMessage,
  headerBlock,
  PREFACE,
  reset,
  settings,
} from './frames.ts';
import type { Target } from './target.ts';

/** What one connection of a flood sends. */
export interface Flood {
  readonly name: string;
  readonly speaks: readonly Target['speaks'][];
  readonly connections: number;
  /** Whether it reads what it is answered. */
  readonly reads: boolean;
  readonly opening: (target: Target) => Buffer;
  /** What follows, again and again while the connection takes it; nothing where there is nothing. */
  readonly next?: (round: number, target: Target) => Buffer;
  /** Milliseconds between what follows. */
  readonly everyMs: number;
}

const CLAIM = 'AssignmentService/ClaimAssignment';
const H2 = ['HTTP/2'] as const;
const H1 = ['HTTP/1.1'] as const;
const STREAMS_A_ROUND = 50;

/** One after another, each with its number. */
function streams(round: number, make: (stream: number) => Buffer): Buffer {
  const numbers = Array.from(
    { length: STREAMS_A_ROUND },
    (_, i) => (round * STREAMS_A_ROUND + i) * 2 + 1,
  );
  return Buffer.concat(numbers.map(make));
}

const claims = (round: number, { workflowId }: Target) =>
  streams(round, (stream) =>
    Buffer.concat([grpcHeaders(stream, CLAIM), grpcMessage(stream, claimOf(workflowId))]),
  );

const pipelined = ({ workflowId }: Target) => {
  const body = JSON.stringify({
    ...{ workflowId, worker: 'w', roles: ['q_assistant'], lease: '86400s', claimToken: 'token' },
  });
  const head = `POST /baton.v1.${CLAIM} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n`;
  return Buffer.from(
    `${head}content-length: ${body.length}\r\n\r\n${body}`.repeat(STREAMS_A_ROUND),
  );
};

const hello = (window?: number) => () => Buffer.concat([PREFACE, settings(window)]);
const POST = 'POST /api/workflows/p/start HTTP/1.1\r\nhost: localhost\r\n';

/** Each is bounded by its connections, its pace and the time of the run. */
export const FLOODS: readonly Flood[] = [
  {
    ...{ name: 'rapid reset', speaks: H2, connections: 10, reads: true, everyMs: 5 },
    opening: hello(),
    next: (round) =>
      streams(round, (stream) => Buffer.concat([grpcHeaders(stream, CLAIM), reset(stream)])),
  },
  {
    ...{ name: 'CONTINUATION without end', speaks: H2, connections: 10, reads: true, everyMs: 2 },
    opening: () => Buffer.concat([hello()(), grpcHeaders(1, CLAIM, 0)]),
    next: (round) => {
      const block = headerBlock({ [`x-${round}`]: 'v'.repeat(1000) });
      return Buffer.concat(
        Array.from({ length: 10 }, () => frame(FRAME.continuation, 0, 1, block)),
      );
    },
  },
  {
    ...{ name: 'SETTINGS', speaks: H2, connections: 10, reads: false, everyMs: 2 },
    opening: hello(),
    next: () => Buffer.concat(Array.from({ length: 200 }, () => settings(65_535))),
  },
  {
    ...{ name: 'PING', speaks: H2, connections: 10, reads: false, everyMs: 2 },
    opening: hello(),
    next: () =>
      Buffer.concat(Array.from({ length: 200 }, () => frame(FRAME.ping, 0, 0, Buffer.alloc(8)))),
  },
  {
    ...{ name: 'window 0', speaks: H2, connections: 10, reads: true, everyMs: 100 },
    opening: hello(0),
    next: claims,
  },
  {
    ...{ name: 'replies never read', speaks: H2, connections: 20, reads: false, everyMs: 100 },
    opening: hello(2 ** 31 - 1),
    next: claims,
  },
  {
    ...{ name: 'streams never ended', speaks: H2, connections: 20, reads: true, everyMs: 50 },
    opening: hello(),
    next: (round) => streams(round, (stream) => grpcHeaders(stream, CLAIM)),
  },
  {
    ...{ name: 'slow bodies', speaks: H2, connections: 50, reads: true, everyMs: 200 },
    opening: () => Buffer.concat([hello()(), streams(0, (stream) => grpcHeaders(stream, CLAIM))]),
    next: () => streams(0, (stream) => frame(FRAME.data, 0, stream, Buffer.from([0]))),
  },
  {
    ...{ name: 'slow headers', speaks: H2, connections: 200, reads: true, everyMs: 200 },
    opening: () => PREFACE.subarray(0, 10),
  },
  {
    ...{
      name: 'idle connections',
      speaks: [...H2, ...H1],
      connections: 1200,
      reads: true,
      everyMs: 1000,
    },
    opening: ({ speaks }) => (speaks === 'HTTP/2' ? hello()() : Buffer.alloc(0)),
  },
  {
    ...{ name: 'replies never read', speaks: H1, connections: 20, reads: false, everyMs: 100 },
    opening: pipelined,
    next: (_, target) => pipelined(target),
  },
  {
    ...{ name: 'slow headers', speaks: H1, connections: 200, reads: true, everyMs: 200 },
    opening: () => Buffer.from(POST),
    next: (round) => Buffer.from(`x-${round}: v\r\n`),
  },
  {
    ...{ name: 'slow bodies', speaks: H1, connections: 200, reads: true, everyMs: 200 },
    opening: () =>
      Buffer.from(`${POST}content-type: application/json\r\ncontent-length: 4000000\r\n\r\n{`),
    next: () => Buffer.from(' '),
  },
];
