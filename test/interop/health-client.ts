import { join } from 'node:path';
import { credentials, loadPackageDefinition, type ServiceClientConstructor } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { onTestFinished } from 'vitest';

/** A client of grpc.health.v1, made from its .proto file. */
export function createHealthClient(address: string): { check(): Promise<string> } {
  const file = join(import.meta.dirname, 'protos', 'health.proto');
  const loaded = loadPackageDefinition(loadSync(file, { enums: String, defaults: true }));
  // biome-ignore lint/suspicious/noExplicitAny: a client made from .proto files has no types
  const found = (loaded as any).grpc.health.v1.Health as ServiceClientConstructor;
  const client = new found(address, credentials.createInsecure());
  onTestFinished(() => client.close());
  return {
    check: () =>
      new Promise((resolve, reject) => {
        client['Check']?.({ service: '' }, (error: Error | null, reply: { status: string }) =>
          error ? reject(error) : resolve(reply.status),
        );
      }),
  };
}
