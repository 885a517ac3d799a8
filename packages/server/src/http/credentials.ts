import { TLSSocket } from 'node:tls';
import type { Credentials } from '../access/credentials.ts';
import type { HttpRequest } from './answer.ts';

/** What a caller over HTTP shows of itself. */
export function credentialsOf(request: HttpRequest): Credentials {
  return {
    authorization: request.headers.authorization,
    certificate() {
      const socket = 'stream' in request ? request.stream.session?.socket : request.socket;
      if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
      const certificate = socket.getPeerCertificate();
      // Empty where there is none.
      return certificate.raw === undefined ? undefined : certificate;
    },
  };
}
