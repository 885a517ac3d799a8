import { type DescMessage, fromBinary, type Message } from '@bufbuild/protobuf';
import type { MethodDefinition } from '@grpc/grpc-js';
import { MAX_MESSAGE_BYTES } from '../limits.ts';
import { type Malformed, readerOf, TOO_LARGE } from '../malformed.ts';
import type { ServedMethod } from '../services.ts';
import { messageReader, messageWriter } from './message-codec.ts';

/** What grpc-js has to know of a method. Unknown fields are skipped: no handler reads them. */
export function toMethodDefinition({
  method,
  kind,
}: ServedMethod): MethodDefinition<Message | Malformed, Message> {
  return {
    path: `/${method.parent.typeName}/${method.name}`,
    requestStream: false,
    responseStream: kind === 'stream',
    requestSerialize: serializer(method.input),
    requestDeserialize: deserializer(method.input),
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

/** grpc-js would answer INTERNAL to a deserializer that throws. */
function deserializer(schema: DescMessage): (bytes: Uint8Array) => Message | Malformed {
  const read = readerOf(schema, messageReader(schema));
  return (bytes) => (bytes.length > MAX_MESSAGE_BYTES ? TOO_LARGE : read(bytes));
}
