/** A server's identity, both parts as PEM. */
export interface Tls {
  /** The certificate, followed by those that lead to its root. */
  readonly cert: string;
  readonly key: string;
  /** Who signs the certificates of clients. Absent: clients are not asked for one. */
  readonly clientAuthority?: string | undefined;
}

/** A client without a certificate, or with one of others, may show in another way who it is. */
export function clientCertificates({ clientAuthority }: Tls) {
  return clientAuthority === undefined
    ? { requestCert: false }
    : { requestCert: true, rejectUnauthorized: false };
}

/**
 * What both ports encrypt with: nothing without forward secrecy or authenticated encryption, of which
 * Node's own list has some for TLS 1.2 (Mozilla's "intermediate" without finite-field Diffie-Hellman).
 */
export const CIPHERS = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');
