/** What Node calls a certificate that it does not trust, or that the other side does not (tls docs). */
const CODES =
  /CERT|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|HOSTNAME_MISMATCH|UNABLE_TO_VERIFY|^ERR_SSL_|^EPROTO$/;

/** Whether a connection failed over TLS itself: nothing that passes by waiting. */
export function isCertificateProblem(reason: unknown): boolean {
  const code = (reason as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' && CODES.test(code);
}
