import { BadRequestSchema, StatusSchema } from '@baton/proto';
import { type DescFile, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import type {
  handleBidiStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
  Server,
  ServiceDefinition,
  UntypedHandleCall,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { HealthImplementation, service as health } from 'grpc-health-check';
import type { Readiness, ReadinessCheck } from '../readiness.ts';
import type { ServedService } from '../services.ts';

export type ServiceRegistry = Pick<Server, 'addService'>;

interface Endable {
  end(): void;
  once(event: 'close', listener: () => void): void;
}

/** Adds services whose streams know no end of their own, such as health watches. */
export interface EndingRegistry extends ServiceRegistry {
  /** Ends the open streams, so that a stopping server need not wait for them. */
  endStreams(): void;
}

export function createEndingRegistry(server: Server): EndingRegistry {
  const open = new Set<Endable>();
  const track = (call: Endable) => {
    open.add(call);
    call.once('close', () => open.delete(call));
  };
  return {
    addService(service: ServiceDefinition, implementation) {
      const streaming = Object.entries(service).filter(([, method]) => method.responseStream);
      const names = new Set(streaming.flatMap(([name, { originalName }]) => [name, originalName]));
      const tracked = Object.entries(implementation).map(([name, handle]) => [
        name,
        names.has(name) ? tracking(handle, track) : handle,
      ]);
      server.addService(service, Object.fromEntries(tracked));
    },
    endStreams() {
      for (const call of open) call.end();
    },
  };
}

function tracking(handle: UntypedHandleCall, track: (call: Endable) => void): UntypedHandleCall {
  const serve = handle as handleServerStreamingCall<unknown, unknown> &
    handleBidiStreamingCall<unknown, unknown>;
  return ((call: Parameters<typeof serve>[0]) => {
    track(call);
    serve(call);
  }) as UntypedHandleCall;
}

/**
 * grpc.health.v1 for the server as a whole (the empty name) and for each service: whether it is ready. Those who
 * watch get to know when that changes.
 */
export function addHealth(
  registry: ServiceRegistry,
  services: readonly string[],
  readiness: ReadinessCheck,
): void {
  const names = ['', ...services];
  const health = new HealthImplementation(
    Object.fromEntries(names.map((name) => [name, 'SERVING'])),
  );
  const say = ({ status }: Readiness) => {
    for (const name of names) {
      health.setStatus(name, status === 'READY' ? 'SERVING' : 'NOT_SERVING');
    }
  };
  readiness.onChange(say);
  health.addToServer({
    addService(service, given) {
      const implementation = given as UntypedServiceImplementation;
      const check = implementation['check'] as handleUnaryCall<unknown, unknown>;
      // A caller that asks gets what is true now, as over HTTP; callers that watch get to know of changes.
      const checkNow: typeof check = (call, callback) =>
        void readiness.now().then(() => check(call, callback));
      registry.addService(service, { ...implementation, check: checkNow });
    },
  });
}

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
