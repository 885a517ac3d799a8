import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A CA for the tests and its certificate for 127.0.0.1, as paths of PEM files. */
export interface Certificates {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  /** A CA that has signed nothing. */
  readonly otherCa: string;
  destroy(): void;
}

export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'baton-certificates-'));
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  };
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  for (const name of ['ca', 'other-ca']) {
    const out = ['-keyout', `${name}.key`, '-out', `${name}.pem`, '-subj', `/CN=${name}`];
    openssl('req', '-x509', ...curve, ...out, '-days', '2');
  }
  const request = ['-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=server'];
  openssl('req', ...curve, ...request, '-addext', 'subjectAltName=IP:127.0.0.1');
  const authority = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-copy_extensions'];
  const signed = ['-in', 'server.csr', '-out', 'server.pem', '-days', '2'];
  openssl('x509', '-req', ...authority, 'copy', ...signed);
  return {
    ca: join(folder, 'ca.pem'),
    cert: join(folder, 'server.pem'),
    key: join(folder, 'server.key'),
    otherCa: join(folder, 'other-ca.pem'),
    destroy: () => rmSync(folder, { recursive: true }),
  };
}
