import { BatonError } from '@baton/core';
import { ArtifactService, AssignmentService, WorkflowService } from '@baton/proto';
import { retellFields, toWireField } from '@baton/wire';
import type { DescMessage, DescMethod, DescService, Message } from '@bufbuild/protobuf';
import type { Handlers } from './handlers.ts';
import type { CallContext } from './service-handlers.ts';

export type UnaryHandler = (request: Message, context: CallContext) => Promise<Message>;
type StreamHandler = (request: Message, context: CallContext) => AsyncIterable<Message>;

/** A method with its handler, for bindings that treat all methods alike. */
export type ServedMethod = ServedUnary | ServedStream;

interface ServedUnary {
  readonly kind: 'unary';
  readonly method: DescMethod;
  readonly handle: UnaryHandler;
  /** Whether it may do nothing but wait for a while: meanwhile it holds nothing. */
  readonly waits: boolean;
}

export interface ServedStream {
  readonly kind: 'stream';
  readonly method: DescMethod;
  readonly handle: StreamHandler;
  /** Whether it goes on until the server stops: meanwhile it sends heartbeats. */
  readonly isEndless: boolean;
}

export interface ServedService {
  readonly service: DescService;
  readonly methods: readonly ServedMethod[];
}

/** Every service with its handlers. */
export function servicesOf(handlers: Handlers): readonly ServedService[] {
  return [
    served(WorkflowService, handlers.workflow),
    served(AssignmentService, handlers.assignment),
    served(ArtifactService, handlers.artifact),
  ];
}

/** Streams that go on until the server stops. */
const ENDLESS: ReadonlySet<DescMethod> = new Set<DescMethod>([
  WorkflowService.method.watchWorkflow,
  AssignmentService.method.takeWork,
]);

function served(service: DescService, handlers: object): ServedService {
  const byName = new Map(Object.entries(handlers));
  return {
    service,
    methods: service.methods.map((method) => {
      const handle = byName.get(method.localName);
      switch (method.methodKind) {
        case 'unary':
          return {
            kind: 'unary',
            method,
            handle: inWireNames(method, handle),
            waits: method === AssignmentService.method.pollWork,
          };
        case 'server_streaming':
          return {
            kind: 'stream',
            method,
            handle: streamInWireNames(method, handle),
            isEndless: ENDLESS.has(method),
          };
        default:
          throw new Error(`${method}: no binding serves ${method.methodKind} methods`);
      }
    }),
  };
}

/** A handler whose refusals name fields as its request does: only here it is known which one that is. */
function inWireNames({ input }: DescMethod, handle: UnaryHandler): UnaryHandler {
  return async (request, context) => {
    try {
      return await handle(request, context);
    } catch (reason) {
      throw retold(reason, input);
    }
  };
}

function streamInWireNames({ input }: DescMethod, handle: StreamHandler): StreamHandler {
  return async function* (request, context) {
    try {
      yield* handle(request, context);
    } catch (reason) {
      throw retold(reason, input);
    }
  };
}

function retold(reason: unknown, { typeName }: DescMessage): unknown {
  if (!BatonError.is(reason) || reason.violations.length === 0) return reason;
  const nameOf = (field: string): string => toWireField(field, typeName);
  const { code, message, violations, legal, metadata, retryable, cause } = reason;
  const told = violations.map((one) => ({ ...one, field: nameOf(one.field) }));
  return new BatonError(code, retellFields(message, violations, nameOf), {
    ...{ violations: told, legal, metadata, retryable, cause },
  });
}
