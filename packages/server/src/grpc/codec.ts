import { type DescMessage, fromBinary, type Message } from '@bufbuild/protobuf';
import { type MethodDefinition, ServerCredentials } from '@grpc/grpc-js';
import type { Malformed } from '../messages/malformed.ts';
import { messageWriter } from '../messages/message-codec.ts';
import { requestReader } from '../messages/request-reader.ts';
import type { ServedMethod } from '../services.ts';
import { CIPHERS, type Tls } from '../tls.ts';

/** What grpc-js has to know of a method. It would answer INTERNAL to a deserializer that throws. */
export function toMethodDefinition({
  method,
  kind,
}: ServedMethod): MethodDefinition<Message | Malformed, Message> {
  return {
    path: `/${method.parent.typeName}/${method.name}`,
    requestStream: false,
    responseStream: kind === 'stream',
    requestSerialize: serializer(method.input),
    requestDeserialize: requestReader(method.input).proto,
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

/** As `ServerCredentials.createSsl`, which takes its ciphers from the environment of the process. */
export class TlsCredentials extends ServerCredentials {
  readonly #tls: Tls;

  constructor(tls: Tls) {
    super({ requestCert: false, ciphers: CIPHERS }, { cert: tls.cert, key: tls.key });
    this.#tls = tls;
  }

  override _equals(other: ServerCredentials): boolean {
    return other instanceof TlsCredentials && other.#tls === this.#tls;
  }
}
