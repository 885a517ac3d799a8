/** A server's identity, both parts as PEM. */
export interface Tls {
  /** The certificate, followed by those that lead to its root. */
  readonly cert: string;
  readonly key: string;
}
