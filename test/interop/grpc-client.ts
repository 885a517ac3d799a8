import { join } from 'node:path';
import {
  type CallOptions,
  type ChannelCredentials,
  type ChannelOptions,
  type ClientReadableStream,
  credentials,
  loadPackageDefinition,
  Metadata,
  makeClientConstructor,
  type ServiceClientConstructor,
  type ServiceError,
} from '@grpc/grpc-js';
import { loadSync, type MessageTypeDefinition } from '@grpc/proto-loader';
import { onTestFinished } from 'vitest';

/**
 * A client that shares no code with the server: it is made from the .proto files by protobufjs. Its
 * messages are untyped on purpose, as those of a scripting language are.
 */

// biome-ignore lint/suspicious/noExplicitAny: see above
type Any = any;

const definition = loadSync(
  [
    'baton/v1/workflow_service.proto',
    'baton/v1/assignment_service.proto',
    'baton/v1/artifact_service.proto',
    'google/rpc/status.proto',
    'google/rpc/error_details.proto',
  ],
  {
    includeDirs: [join(import.meta.dirname, '../../proto')],
    defaults: true,
    oneofs: false,
    longs: Number,
    enums: String,
  },
);
const { baton } = loadPackageDefinition(definition) as unknown as {
  baton: { v1: Record<string, ServiceClientConstructor> };
};

export interface GrpcClient {
  /** @throws ServiceError */
  call(method: string, request: object, options?: CallOptions): Promise<Any>;
  /** The same call, and the means to cancel it. */
  begin(
    method: string,
    request: object,
    options?: CallOptions,
  ): { reply: Promise<Any>; cancel(): void };
  watch(request: object, options?: CallOptions): ClientReadableStream<Any>;
  readArtifact(request: object, options?: CallOptions): ClientReadableStream<Any>;
}

/** @param whenOver that of the test, where several run at a time: without it, the test may be another one. */
export function connect(
  address: string,
  channel: ChannelCredentials = credentials.createInsecure(),
  options: ChannelOptions = {},
  whenOver: (close: () => void) => unknown = onTestFinished,
): GrpcClient {
  const services = ['WorkflowService', 'AssignmentService', 'ArtifactService'].map((name) => {
    const Client = baton.v1[name];
    if (Client === undefined) throw new Error(`no service ${name} in the .proto files`);
    return new Client(address, channel, options) as Any;
  });
  whenOver(() => {
    for (const service of services) service.close();
  });
  const begin: GrpcClient['begin'] = (method, request, options = {}) => {
    const service = services.find((found) => typeof found[method] === 'function');
    let cancel = () => {};
    const reply = new Promise<Any>((resolve, reject) => {
      const call = service[method](
        request,
        new Metadata(),
        options,
        (error: ServiceError | null, value: Any) => (error ? reject(error) : resolve(value)),
      );
      cancel = () => call.cancel();
    });
    return { reply, cancel: () => cancel() };
  };
  return {
    begin,
    call: (method, request, options) => begin(method, request, options).reply,
    watch: (request, options = {}) => services[0].watchWorkflow(request, new Metadata(), options),
    readArtifact: (request, options = {}) =>
      services[2].readArtifact(request, new Metadata(), options),
  };
}

/** Sends raw bytes as a request. */
export function callRaw(
  address: string,
  path: string,
  bytes: Buffer,
  metadata = new Metadata(),
): Promise<Buffer> {
  const Client = makeClientConstructor({}, 'raw');
  const client = new Client(address, credentials.createInsecure());
  onTestFinished(() => client.close());
  return new Promise((resolve, reject) => {
    const same = (value: Buffer) => value;
    client.makeUnaryRequest(path, same, same, bytes, metadata, (error, reply) =>
      error ? reject(error) : resolve(reply as Buffer),
    );
  });
}

export interface Refusal {
  readonly code: number;
  readonly message: string;
  readonly info: { reason: string; domain: string; metadata: Record<string, string> };
  readonly violations: readonly { field: string; description: string }[];
  readonly retryDelaySeconds: number | undefined;
}

/** What a refused call says, with its google.rpc.Status decoded. */
export async function refusal(reply: Promise<unknown>): Promise<Refusal> {
  const error: ServiceError = await reply.then(
    (value) => {
      throw new Error(`expected a refusal, found ${JSON.stringify(value)}`);
    },
    (reason) => reason,
  );
  return toRefusal(error);
}

export function toRefusal(error: ServiceError): Refusal {
  const [trailer] = error.metadata.get('grpc-status-details-bin');
  if (trailer === undefined) throw new Error(`no details with: ${error.message}`);
  const status = decode('google.rpc.Status', trailer as Buffer);
  const details: Record<string, Any> = Object.fromEntries(
    status.details.map(({ type_url, value }: { type_url: string; value: Buffer }) => {
      const type = type_url.replace('type.googleapis.com/', '');
      return [type, decode(type, value)];
    }),
  );
  return {
    code: error.code,
    message: status.message,
    info: details['google.rpc.ErrorInfo'],
    violations: details['google.rpc.BadRequest']?.fieldViolations ?? [],
    retryDelaySeconds: details['google.rpc.RetryInfo']?.retryDelay.seconds,
  };
}

function decode(type: string, bytes: Buffer): Any {
  const found = definition[type] as MessageTypeDefinition<object, object> | undefined;
  if (found === undefined) throw new Error(`unknown message ${type}`);
  return found.deserialize(bytes);
}
