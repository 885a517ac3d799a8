import { StatusSchema } from '@baton/proto';
import { toBinary } from '@bufbuild/protobuf';
import { anyPack } from '@bufbuild/protobuf/wkt';
import { Metadata, type ServerErrorResponse } from '@grpc/grpc-js';
import { toWireError } from '../errors.ts';
import type { Log } from '../log.ts';

/** `reason` as grpc-js sends it, with its google.rpc.Status in the trailer that clients look for. */
export function toGrpcError(reason: unknown, log: Log): ServerErrorResponse {
  const { code, message, details } = toWireError(reason, log);
  const status = toBinary(StatusSchema, {
    $typeName: 'google.rpc.Status',
    code,
    message,
    details: details.map(({ desc, value }) => anyPack(desc, value)),
  });
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', Buffer.from(status));
  return Object.assign(new Error(message), { code: code as number, details: message, metadata });
}
