import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** A certificate for this machine that signs itself; `keyKind` as `openssl req -newkey` has it. */
export function makeCertificate(
  keyKind: readonly string[] = ['ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'],
): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'baton-tls-'));
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const request = [
    ...['req', '-x509', '-newkey', ...keyKind, '-nodes'],
    ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
    ...['-days', '2', '-keyout', key, '-out', cert],
  ];
  execFileSync('openssl', request, { stdio: 'pipe' });
  const made = { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
  rmSync(folder, { recursive: true });
  return made;
}
