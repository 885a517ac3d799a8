import { fromJson, toBinary } from '@bufbuild/protobuf';
import {
  credentials,
  Metadata,
  makeClientConstructor,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { onTestFinished } from 'vitest';
import type { Caller } from './situations.ts';

/** RPCs by grpc-js, with nothing of ours but the bytes of the request. */
export function overGrpcJs(address: string): Caller {
  const Client = makeClientConstructor({}, 'raw');
  const client = new Client(address, credentials.createInsecure());
  onTestFinished(() => client.close());
  const same = (bytes: Buffer) => bytes;
  return ({ method }, request, token) => {
    const bytes = Buffer.from(toBinary(method.input, fromJson(method.input, request as never)));
    const metadata = new Metadata();
    if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
    const path = `/${method.parent.typeName}/${method.name}`;
    return new Promise((resolve) => {
      const end = (error: ServiceError | null) =>
        resolve(error === null ? 'ok' : (status[error.code] ?? '').toLowerCase());
      if (method.methodKind === 'unary') {
        client.makeUnaryRequest(path, same, same, bytes, metadata, end);
        return;
      }
      const call = client.makeServerStreamRequest(path, same, same, bytes, metadata);
      call.on('data', () => {
        end(null);
        call.cancel();
      });
      call.on('end', () => end(null));
      call.on('error', (error: ServiceError) => end(error));
    });
  };
}
