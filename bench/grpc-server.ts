// The server side of the gRPC benchmark, in a process of its own: `echo` or the URL of a store, which
// it serves as `baton serve` does; with `keys` behind it, it asks for API keys and accepts 1,000; with `unasked-keys`, it
// has these and asks for none. Tells its port, and
// these keys, to the process that started it and then, whenever that says `mark` or `read`, begins to measure its load,
// or tells it. Told `metrics` or `traces` as well, it tells of itself, traces to an exporter that drops them.
import { openStore } from '@baton/adapters/open-store';
import { createOrchestrator, type Telemetry } from '@baton/core';
import { WorkflowService } from '@baton/proto';
import { createAccess, createApiKeys, createKeyAuthenticator, createServer } from '@baton/server';
import { createMetrics } from '@baton/telemetry/metrics';
import { createOpenTelemetry } from '@baton/telemetry/tracing';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { createLoadMeter } from './load-meter.ts';

const [kind = 'echo', ...told] = process.argv.slice(2);
/** That others have keys as well should make no difference. */
const KEYS = 1000;
const meter = createLoadMeter();

/** What the process that started it has to know. */
export interface Served {
  readonly port: number;
  /** What shows who calls: any of these. */
  readonly tokens?: readonly string[];
}

/** The same stack and the same messages, and nothing done: what any server would cost. */
function serveEcho(): Promise<number> {
  const { input, output } = WorkflowService.method.advanceWorkflow;
  const reply = create(output, {
    workflowId: 'wf_0123456789abcdef0123456789abcdef',
    previousState: 'discovery',
    state: 'planning',
    role: 'q_assistant',
    handoffData: { notes: 'n'.repeat(900) },
    revision: 2,
    epoch: 1,
  });
  const server = new Server();
  server.addService(
    {
      advanceWorkflow: {
        path: '/baton.v1.WorkflowService/AdvanceWorkflow',
        requestStream: false,
        responseStream: false,
        requestSerialize: (message) => Buffer.from(toBinary(input, message)),
        requestDeserialize: (bytes) => fromBinary(input, bytes),
        responseSerialize: (message) => Buffer.from(toBinary(output, message)),
        responseDeserialize: (bytes) => fromBinary(output, bytes),
      },
    },
    {
      advanceWorkflow: (_: unknown, answer: (e: null, r: typeof reply) => void) =>
        answer(null, reply),
    },
  );
  return new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
      error === null ? resolve(port) : reject(error),
    );
  });
}

async function serveBaton(): Promise<Served> {
  const { store, dispatcher, documents } = await openStore(kind);
  const metrics = told.includes('metrics') ? createMetrics() : undefined;
  const telemetry = told.includes('traces') ? await droppedTraces() : undefined;
  const watched = meter.watch(store);
  const orchestrator = createOrchestrator({
    store: metrics?.measure(watched) ?? watched,
    telemetry,
    ...(metrics !== undefined && { listeners: [metrics.listener] }),
    ...(dispatcher !== undefined && { dispatcher }),
  });
  const common = { orchestrator, metrics, telemetry, grpcPort: 0, httpPort: 0 };
  if (!told.includes('keys') && !told.includes('unasked-keys')) {
    return { port: (await createServer(common)).grpcPort };
  }
  const keys = createApiKeys({ documents });
  const permissions = ['start', 'perform', 'read'] as const;
  const grant = { projects: ['bench'], permissions, roles: '*' } as const;
  const tokens: string[] = [];
  for (let key = 0; key < KEYS; key++) {
    tokens.push((await keys.create({ name: 'bench', grant })).secretKey);
  }
  const asking = createAccess([createKeyAuthenticator(documents)]);
  const access = told.includes('keys') ? { access: asking } : {};
  const { grpcPort } = await createServer({ ...common, ...access });
  return { port: grpcPort, tokens };
}

/** All that a process does with a span but to send it. */
async function droppedTraces(): Promise<Telemetry> {
  const { BatchSpanProcessor, NodeTracerProvider } = await import('@opentelemetry/sdk-trace-node');
  const exporter = {
    export: (_: unknown, done: (result: { code: number }) => void) => done({ code: 0 }),
    shutdown: async () => {},
  };
  const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
  provider.register();
  return createOpenTelemetry();
}

const served = kind === 'echo' ? { port: await serveEcho() } : await serveBaton();
process.on('message', (asked) => {
  if (asked === 'mark') meter.mark();
  process.send?.(asked === 'mark' ? 'marked' : meter.read());
});
// The parent process has ended.
process.on('disconnect', () => process.exit());
process.send?.(served);
