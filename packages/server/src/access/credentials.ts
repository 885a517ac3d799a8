import type { PeerCertificate } from 'node:tls';

/** What a caller shows of itself with a call. */
export interface Credentials {
  /** The header `authorization`, as it came. */
  readonly authorization: string | undefined;
  /** The certificate of its connection, if the server has verified one. */
  certificate(): PeerCertificate | undefined;
}

export const NO_CREDENTIALS: Credentials = {
  authorization: undefined,
  certificate: () => undefined,
};
