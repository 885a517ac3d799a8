import { BatonError } from '@baton/core';
import { AssignmentService, WorkflowService } from '@baton/proto';
import { retellFields, toWireField } from '@baton/wire';
import type { DescMethod, DescService, Message } from '@bufbuild/protobuf';
import type { CallContext, Handlers } from './handlers.ts';

export type UnaryHandler = (request: Message, context: CallContext) => Promise<Message>;
export type StreamHandler = (request: Message, context: CallContext) => AsyncIterable<Message>;

/** A method with its handler, for bindings that treat all methods alike. */
export type ServedMethod =
  | { readonly kind: 'unary'; readonly method: DescMethod; readonly handle: UnaryHandler }
  | { readonly kind: 'stream'; readonly method: DescMethod; readonly handle: StreamHandler };

export interface ServedService {
  readonly service: DescService;
  readonly methods: readonly ServedMethod[];
}

/** Every service with its handlers. */
export function servicesOf(handlers: Handlers): readonly ServedService[] {
  return [
    served(WorkflowService, handlers.workflow),
    served(AssignmentService, handlers.assignment),
  ];
}

function served(service: DescService, handlers: object): ServedService {
  const byName = new Map(Object.entries(handlers));
  return {
    service,
    methods: service.methods.map((method) => {
      const handle = byName.get(method.localName);
      switch (method.methodKind) {
        case 'unary':
          return { kind: 'unary', method, handle: inWireNames(method, handle) };
        case 'server_streaming':
          return { kind: 'stream', method, handle };
        default:
          throw new Error(`${method}: no binding serves ${method.methodKind} methods`);
      }
    }),
  };
}

/** A handler whose refusals name fields as its request does: only here it is known which one that is. */
function inWireNames({ input }: DescMethod, handle: UnaryHandler): UnaryHandler {
  const nameOf = (field: string): string => toWireField(field, input.typeName);
  return async (request, context) => {
    try {
      return await handle(request, context);
    } catch (reason) {
      if (!BatonError.is(reason) || reason.violations.length === 0) throw reason;
      const { code, message, violations, legal, metadata, retryable, cause } = reason;
      const told = violations.map((one) => ({ ...one, field: nameOf(one.field) }));
      throw new BatonError(code, retellFields(message, violations, nameOf), {
        ...{ violations: told, legal, metadata, retryable, cause },
      });
    }
  };
}
