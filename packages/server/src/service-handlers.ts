import type {
  DescMethodServerStreaming,
  DescMethodUnary,
  DescService,
  MessageShape,
} from '@bufbuild/protobuf';
import type { Credentials } from './access/credentials.ts';
import type { Connection } from './load/connection.ts';
import type { RequestFacts } from './request/request-facts.ts';

/** What a handler may know of the call, whichever binding it came through. */
export interface CallContext {
  /** Aborts when the caller is gone, at its deadline, and, for streams, when the server stops. */
  readonly signal: AbortSignal;
  /** What the caller shows of itself; undefined: nothing. Code that passes a call on passes this on as well. */
  readonly credentials: Credentials | undefined;
  /** What the call came over, where it is known. */
  readonly connection?: Connection | undefined;
  /** What names the request; absent for calls from within the process. */
  readonly request?: RequestFacts | undefined;
}

type Handler<M> =
  M extends DescMethodUnary<infer I, infer O>
    ? (request: MessageShape<I>, context: CallContext) => Promise<MessageShape<O>>
    : M extends DescMethodServerStreaming<infer I, infer O>
      ? (request: MessageShape<I>, context: CallContext) => AsyncIterable<MessageShape<O>>
      : never;

/** A handler for every method of a service. */
export type ServiceHandlers<S extends DescService> = {
  readonly [K in keyof S['method']]: Handler<S['method'][K]>;
};
