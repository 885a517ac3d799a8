/** Node's error codes for certificates that one side does not trust (see the tls documentation). */
const CODES =
  /CERT|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|HOSTNAME_MISMATCH|UNABLE_TO_VERIFY|^ERR_SSL_|^EPROTO$/;

/** Whether TLS itself kept a connection from being made. Waiting does not help then. */
export function isCertificateProblem(reason: unknown): boolean {
  const code = (reason as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' && CODES.test(code);
}
