import { type DescFile, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { ReflectionService } from '@grpc/reflection';
import type { ServedService } from '../services.ts';
import type { ServiceRegistry } from './service-registry.ts';

/** Server reflection, v1 and v1alpha, from the descriptors that the messages are made with. */
export function addReflection(registry: ServiceRegistry, services: readonly ServedService[]): void {
  const files = new Set<DescFile>();
  for (const { service } of services) collect(service.file, files);
  const fileDescriptorProtos = [...files].map((file) =>
    Buffer.from(toBinary(FileDescriptorProtoSchema, file.proto)),
  );
  // Of a package definition as proto-loader makes it, reflection reads nothing but the files.
  const definition = { files: { format: 'files', type: {}, fileDescriptorProtos } };
  const reflection = new ReflectionService(
    definition as unknown as ConstructorParameters<typeof ReflectionService>[0],
    { services: services.map(({ service }) => service.typeName) },
  );
  reflection.addToServer(registry);
}

function collect(file: DescFile, files: Set<DescFile>): void {
  if (files.has(file)) return;
  for (const dependency of file.dependencies) collect(dependency, files);
  files.add(file);
}
