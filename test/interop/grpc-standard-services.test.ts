import { join } from 'node:path';
import {
  Client,
  status as Code,
  credentials,
  loadPackageDefinition,
  type ServiceClientConstructor,
} from '@grpc/grpc-js';
import {
  loadFileDescriptorSetFromBuffer,
  loadSync,
  type PackageDefinition,
  type ServiceDefinition,
} from '@grpc/proto-loader';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startServer } from './start-server.ts';

// biome-ignore lint/suspicious/noExplicitAny: a client made from .proto files has no types
type Any = any;

const options = { enums: String, defaults: true, oneofs: true, keepCase: true } as const;
const load = (file: string) => loadSync(join(import.meta.dirname, 'protos', file), options);

function clientOf(definition: PackageDefinition, service: string, address: string): Any {
  const found = service
    .split('.')
    .reduce<Any>((scope, name) => scope[name], loadPackageDefinition(definition));
  const client = new (found as ServiceClientConstructor)(address, credentials.createInsecure());
  onTestFinished(() => client.close());
  return client;
}

function call(client: Any, method: string, request: object): Promise<Any> {
  return new Promise((resolve, reject) => {
    client[method](request, (error: Error | null, reply: unknown) =>
      error ? reject(error) : resolve(reply),
    );
  });
}

describe('health over gRPC', () => {
  it('is SERVING as a whole and for each service, and NOT_FOUND for others', async () => {
    const { grpcAddress } = await startServer();
    const health = clientOf(load('health.proto'), 'grpc.health.v1.Health', grpcAddress);
    for (const service of [
      '',
      ...['Workflow', 'Assignment', 'Artifact'].map((name) => `baton.v1.${name}Service`),
    ]) {
      expect(await call(health, 'Check', { service })).toEqual({ status: 'SERVING' });
    }
    await expect(call(health, 'Check', { service: 'nope' })).rejects.toMatchObject({
      code: Code.NOT_FOUND,
    });
  });

  it('tells those who watch when the server stops, and does not hold it up', async () => {
    const { grpcAddress, stop } = await startServer({ drainSeconds: 30 });
    const health = clientOf(load('health.proto'), 'grpc.health.v1.Health', grpcAddress);
    const seen: string[] = [];
    const stream = health.Watch({ service: '' });
    stream.on('data', ({ status }: { status: string }) => seen.push(status));
    stream.on('error', () => {});
    await expect.poll(() => seen).toEqual(['SERVING']);
    await stop();
    await expect.poll(() => seen).toEqual(['SERVING', 'NOT_SERVING']);
  });
});

describe('a server that is retired', () => {
  it('says so by its health checks, on both ports, and serves on until it stops', async () => {
    const { grpcAddress, httpUrl, retire } = await startServer();
    const health = clientOf(load('health.proto'), 'grpc.health.v1.Health', grpcAddress);
    const healthz = async () => {
      const response = await fetch(`${httpUrl}/healthz`);
      return [response.status, await response.json()];
    };
    expect(await healthz()).toEqual([200, { status: 'SERVING' }]);
    retire();
    expect(await healthz()).toEqual([503, { status: 'NOT_SERVING' }]);
    expect(await call(health, 'Check', { service: '' })).toEqual({ status: 'NOT_SERVING' });
    const stats = await fetch(`${httpUrl}/api/workflows/project/p/stats`);
    expect(stats.status).toBe(200);
  });
});

describe('reflection over gRPC', () => {
  const { ServerReflectionInfo } = load('reflection.proto')[
    'grpc.reflection.v1.ServerReflection'
  ] as ServiceDefinition;

  /** One answer of a version's reflection service. */
  function ask(address: string, version: string, request: object): Promise<Any> {
    if (ServerReflectionInfo === undefined) throw new Error('no such method');
    const client = new Client(address, credentials.createInsecure());
    onTestFinished(() => client.close());
    const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
    const { requestSerialize, responseDeserialize } = ServerReflectionInfo;
    const stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
    return new Promise((resolve, reject) => {
      stream.on('data', resolve);
      stream.on('error', reject);
      stream.write(request);
      stream.end();
    });
  }

  it.each(['v1', 'v1alpha'])('%s lists the services', async (version) => {
    const { grpcAddress } = await startServer();
    const { list_services_response } = await ask(grpcAddress, version, { list_services: '*' });
    const names = list_services_response.service.map(({ name }: { name: string }) => name);
    expect(names.sort()).toEqual([
      'baton.v1.ArtifactService',
      'baton.v1.AssignmentService',
      'baton.v1.WorkflowService',
      'grpc.health.v1.Health',
    ]);
  });

  it.each(['v1', 'v1alpha'])(
    '%s gives all that a generic client needs to call',
    async (version) => {
      const { grpcAddress } = await startServer();
      const symbol = { file_containing_symbol: 'baton.v1.WorkflowService' };
      const { file_descriptor_response } = await ask(grpcAddress, version, symbol);
      const files: Buffer[] = file_descriptor_response.file_descriptor_proto;
      const described = loadFileDescriptorSetFromBuffer(toDescriptorSet(files), options);
      const client = clientOf(described, 'baton.v1.WorkflowService', grpcAddress);
      const { definition } = await call(client, 'GetDefinition', { version: 1 });
      expect(definition).toMatchObject({ name: 'build', initial_state: 'discovery' });
      for (const symbol of [
        'grpc.health.v1.Health',
        'google.rpc.ErrorInfo',
        'google.rpc.Status',
        'baton.v1.Progress',
      ]) {
        const known = await ask(grpcAddress, version, { file_containing_symbol: symbol });
        expect(known.file_descriptor_response?.file_descriptor_proto).not.toHaveLength(0);
        expect(known.error_response ?? undefined).toBeUndefined();
      }
      const unknown = { file_containing_symbol: 'baton.v1.Nope' };
      const { error_response } = await ask(grpcAddress, version, unknown);
      expect(error_response.error_code).toBe(Code.NOT_FOUND);
    },
  );
});

/** google.protobuf.FileDescriptorSet: the files, each as field 1. */
function toDescriptorSet(files: readonly Buffer[]): Buffer {
  return Buffer.concat(
    files.flatMap((file) => [Buffer.from([0x0a]), varint(file.length), Buffer.from(file)]),
  );
}

function varint(value: number): Buffer {
  const bytes = [];
  let left = value;
  for (; left > 127; left >>>= 7) bytes.push((left & 127) | 128);
  return Buffer.from([...bytes, left]);
}
