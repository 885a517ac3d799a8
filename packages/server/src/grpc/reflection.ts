import { BadRequestSchema, StatusSchema } from '@baton/proto';
import { type DescFile, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { ReflectionService } from '@grpc/reflection';
import { service as health } from 'grpc-health-check';
import type { ServedService } from '../services.ts';
import type { ServiceRegistry } from './service-registry.ts';

/**
 * Server reflection, v1 and v1alpha, from the descriptors that the messages are made with: of the
 * services, of the details that errors carry, and of health.
 */
export function addReflection(registry: ServiceRegistry, services: readonly ServedService[]): void {
  const files = new Set<DescFile>();
  for (const { service } of services) collect(service.file, files);
  for (const { file } of [StatusSchema, BadRequestSchema]) collect(file, files);
  const ours = [...files].map((file) =>
    Buffer.from(toBinary(FileDescriptorProtoSchema, file.proto)),
  );
  // proto-loader keeps the files with each of the types that it makes of them.
  const theirs = Object.values(health).flatMap(
    ({ requestType }) => (requestType as unknown as WithFiles).fileDescriptorProtos,
  );
  const fileDescriptorProtos = [...ours, ...theirs];
  // Of a package definition as proto-loader makes it, reflection reads nothing but the files.
  const definition = { files: { format: 'files', type: {}, fileDescriptorProtos } };
  const reflection = new ReflectionService(
    definition as unknown as ConstructorParameters<typeof ReflectionService>[0],
    { services: [...services.map(({ service }) => service.typeName), HEALTH] },
  );
  reflection.addToServer(registry);
}

interface WithFiles {
  readonly fileDescriptorProtos: readonly Buffer[];
}

const HEALTH = 'grpc.health.v1.Health';

function collect(file: DescFile, files: Set<DescFile>): void {
  if (files.has(file)) return;
  for (const dependency of file.dependencies) collect(dependency, files);
  files.add(file);
}
