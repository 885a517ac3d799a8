import { type DescMessage, fromBinary, type Message } from '@bufbuild/protobuf';
import type { MethodDefinition } from '@grpc/grpc-js';
import type { Malformed } from '../messages/malformed.ts';
import { messageWriter } from '../messages/message-codec.ts';
import { requestReader } from '../messages/request-reader.ts';
import type { ServedMethod } from '../services.ts';

/** A request that is read when it is asked for: after its caller was admitted. */
export type Unread = () => Message | Malformed;

/** What grpc-js has to know of a method. It would answer INTERNAL to a deserializer that throws. */
export function toMethodDefinition({
  method,
  kind,
}: ServedMethod): MethodDefinition<Unread, Message> {
  const read = requestReader(method.input).proto;
  return {
    path: `/${method.parent.typeName}/${method.name}`,
    requestStream: false,
    responseStream: kind === 'stream',
    requestSerialize: serializer(method.input),
    requestDeserialize: (bytes) => () => read(bytes),
    responseSerialize: serializer(method.output),
    responseDeserialize: (bytes) => fromBinary(method.output, bytes),
  };
}

function serializer(schema: DescMessage): (message: unknown) => Buffer {
  const write = messageWriter(schema);
  return (message) => {
    const bytes = write(message as Message);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  };
}
