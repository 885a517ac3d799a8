import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Certificate } from '../interop/certificate.ts';

/** Signs certificates. */
export interface Authority {
  readonly cert: string;
  /** @param names what it is for besides, as OpenSSL calls their kinds: `DNS.1`, `URI.1`, `email.1`. */
  sign(commonName: string, names?: Readonly<Record<string, string>>): Certificate;
}

export function createAuthority(name = 'clients'): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'baton-authority-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [caCert, caKey] = [join(folder, 'ca.pem'), join(folder, 'ca.key')];
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const openssl = (...args: readonly string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  openssl('req', '-x509', ...newKey, '-subj', `/CN=${name}`, '-keyout', caKey, '-out', caCert);
  let signed = 0;
  return {
    cert: readFileSync(caCert, 'utf8'),
    sign(commonName, names = { 'DNS.1': 'client.example' }) {
      const part = (kind: string) => join(folder, `${signed}.${kind}`);
      signed++;
      const [key, request, cert, extensions] = ['key', 'csr', 'pem', 'ext'].map(part) as [
        ...[string, string, string, string],
      ];
      openssl('req', ...newKey, '-subj', `/CN=${commonName}`, '-keyout', key, '-out', request);
      const lines = Object.entries(names).map(([kind, name]) => `${kind} = ${name}`);
      writeFileSync(extensions, ['subjectAltName=@names', '[names]', ...lines, ''].join('\n'));
      openssl(
        ...['x509', '-req', '-in', request, '-CA', caCert, '-CAkey', caKey, '-CAcreateserial'],
        ...['-days', '2', '-extfile', extensions, '-out', cert],
      );
      return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
    },
  };
}
