import * as proto from '@baton/proto';
import type { Interceptor } from '@connectrpc/connect';
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from '@connectrpc/connect-node';
import { expect, it } from 'vitest';
import { hasPythonGrpc } from '../workers/python.ts';
import { CALLS } from './calls.ts';
import { byCurl, byOpenApi } from './http-clients.ts';
import { overConnect } from './over-connect.ts';
import { overGrpcJs } from './over-grpc-js.ts';
import { overGrpcio } from './python-client.ts';
import { findFaults, startBench } from './situations.ts';

const showing =
  (headers: Record<string, string>): Interceptor =>
  (next) =>
  (request) => {
    for (const [name, value] of Object.entries(headers)) request.header.set(name, value);
    return next(request);
  };

it('has a call of every method', () => {
  const services = [proto.WorkflowService, proto.AssignmentService, proto.ArtifactService];
  const all = services.flatMap(({ methods }) => methods).map(({ name }) => name);
  expect(CALLS.map(({ method }) => method.name).toSorted()).toEqual(all.toSorted());
});

it('lets through what a caller may do, and nothing else, over gRPC by grpc-js', async () => {
  const bench = await startBench();
  expect(await findFaults(bench, overGrpcJs(bench.grpcAddress))).toEqual([]);
});

it.each([
  ['Connect', createConnectTransport],
  ['gRPC-Web', createGrpcWebTransport],
  ['gRPC', createGrpcTransport],
] as const)(
  'lets through what a caller may do, and nothing else, over %s',
  async (name, create) => {
    const bench = await startBench();
    const baseUrl = name === 'gRPC' ? `http://${bench.grpcAddress}` : bench.httpUrl;
    const client = overConnect((headers) =>
      create({
        baseUrl,
        httpVersion: name === 'gRPC' ? '2' : '1.1',
        interceptors: [showing(headers)],
      } as never),
    );
    expect(await findFaults(bench, client)).toEqual([]);
  },
);

it('lets through what a caller may do, and nothing else, over plain HTTP by curl', async () => {
  const bench = await startBench();
  // A stream has no plain JSON.
  const calls = CALLS.filter(({ method }) => method.name !== 'TakeWork');
  expect(await findFaults(bench, byCurl(bench.httpUrl), calls)).toEqual([]);
});

it('lets through what a caller may do, and nothing else, by a client of the OpenAPI document', async () => {
  const bench = await startBench();
  const { call, has } = await byOpenApi(bench.httpUrl);
  const calls = CALLS.filter(has);
  expect(CALLS.length - calls.length).toBe(3);
  expect(await findFaults(bench, call, calls)).toEqual([]);
});

const hasPython = hasPythonGrpc();
if (!hasPython) console.warn('SKIPPED: permissions by grpcio, since python3-grpcio is not there');

it.runIf(hasPython)(
  'lets through what a caller may do, and nothing else, over gRPC by grpcio',
  async () => {
    const bench = await startBench();
    expect(await findFaults(bench, overGrpcio(bench.grpcAddress))).toEqual([]);
  },
);
