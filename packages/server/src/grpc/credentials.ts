import type { PeerCertificate } from 'node:tls';
import type { ServerUnaryCall } from '@grpc/grpc-js';
import type { Credentials } from '../access/credentials.ts';

/** What a caller over gRPC shows of itself. */
export function credentialsOf(
  call: Pick<ServerUnaryCall<unknown, unknown>, 'metadata' | 'getAuthContext'>,
): Credentials {
  const [authorization] = call.metadata.get('authorization');
  return {
    authorization: authorization?.toString(),
    // grpc-js has it only where TLS has verified it.
    certificate: () => call.getAuthContext().sslPeerCertificate as PeerCertificate | undefined,
  };
}
