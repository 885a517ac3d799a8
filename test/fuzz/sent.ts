import { ArtifactService, AssignmentService, WorkflowService } from '@baton/proto';
import type { DescMethod } from '@bufbuild/protobuf';

export const METHODS: readonly DescMethod[] = [
  ...WorkflowService.methods,
  ...AssignmentService.methods,
  ...ArtifactService.methods,
];

/** `json` is the plain HTTP+JSON routes, `get` is Connect's GET. */
type Protocol = 'connect' | 'get' | 'grpc-web' | 'grpc' | 'json';
export type Encoding = 'json' | 'proto';
export type Compression = 'identity' | 'gzip' | 'br';
/** TLS as the protocol has it otherwise, or with HTTP/2 on the HTTP port, which gRPC is spoken on as well. */
export type Over = 'tls' | 'h2';

/**
 * A request as it is sent. It says all that there is to say of it, so that a finding can be sent again;
 * how it becomes bytes, `wire/to-wire.ts` says.
 */
export interface Sent {
  /** Such as `baton.v1.WorkflowService/StartWorkflow`. */
  readonly method: string;
  readonly protocol: Protocol;
  readonly encoding: Encoding;
  readonly compression: Compression;
  /** Absent for a connection without TLS. */
  readonly over?: Over;
  /** The message, or for `json` the body of the route; in base64, before it is packed. */
  readonly body: string;
  /** The deadline that the server is told of. */
  readonly timeoutMs: number;
  /** Path and query of a route. Only for `json`. */
  readonly path?: string;
  /** Beside those of the protocol. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sends the body in chunks, without its length. */
  readonly chunked?: boolean;
  /** When the caller leaves. */
  readonly cancelAfterMs?: number;
  /** What is against the protocol. */
  readonly wrong?: Wrong;
}

/** How a request is against its protocol. */
export interface Wrong {
  readonly verb?: string;
  readonly path?: string;
  /** Instead of those of the protocol; null for none. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** The first byte of an envelope. */
  readonly flags?: number;
  /** What an envelope says of its length, beside the truth. */
  readonly lengthOff?: number;
  /** How many messages come, instead of one. */
  readonly copies?: number;
  /** Bytes are flipped after packing. */
  readonly corrupt?: number;
  /**
   * These bytes, in base64, are sent instead, on a connection of their own; `handshake` in place of TLS's
   * own.
   */
  readonly raw?: { readonly bytes: string; readonly handshake?: boolean };
  /** Only so much of the body is sent, from 0 to 1, and then: */
  readonly cut?: { readonly at: number; readonly how: 'end' | 'destroy' | 'wait' };
}

export const methodOf = (name: string): DescMethod | undefined => METHODS_BY_NAME.get(name);
export const nameOf = (method: DescMethod): string => `${method.parent.typeName}/${method.name}`;
export const readsOnly = (method: DescMethod): boolean => method.idempotency === 1;
/** Whether it travels in frames of HTTP/2. */
export const isFramed = ({ protocol, over }: Sent): boolean => protocol === 'grpc' || over === 'h2';
export const streams = (method: DescMethod): boolean => method.methodKind !== 'unary';

const METHODS_BY_NAME = new Map(METHODS.map((method) => [nameOf(method), method]));
