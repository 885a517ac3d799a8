import { ServerCredentials } from '@grpc/grpc-js';
import { CIPHERS, clientCertificates, type Tls } from '../tls.ts';

/** As `ServerCredentials.createSsl`, which takes its ciphers from the environment of the process. */
export class TlsCredentials extends ServerCredentials {
  readonly #tls: Tls;

  constructor(tls: Tls) {
    super(
      { ...clientCertificates(tls), ciphers: CIPHERS },
      { cert: tls.cert, key: tls.key, ca: tls.clientAuthority },
    );
    this.#tls = tls;
  }

  override _equals(other: ServerCredentials): boolean {
    return other instanceof TlsCredentials && other.#tls === this.#tls;
  }
}
