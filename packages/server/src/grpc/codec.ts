import { BatonError } from '@baton/core';
import { type DescMessage, fromBinary, type Message } from '@bufbuild/protobuf';
import type { MethodDefinition } from '@grpc/grpc-js';
import type { ServedMethod } from '../services.ts';
import { messageReader, messageWriter } from './message-codec.ts';

/** A request that is no message. grpc-js would answer INTERNAL to a deserializer that throws. */
export class Malformed {
  readonly error: BatonError;

  constructor(error: BatonError) {
    this.error = error;
  }
}

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

function deserializer(schema: DescMessage): (bytes: Uint8Array) => Message | Malformed {
  const read = messageReader(schema);
  return (bytes) => {
    try {
      return read(bytes);
    } catch (cause) {
      const found = cause instanceof Error ? cause.message : String(cause);
      const description = `not a ${schema.typeName}: ${found}`;
      return new Malformed(
        new BatonError('invalid_input', description, {
          violations: [{ field: '', description }],
          cause,
        }),
      );
    }
  };
}
