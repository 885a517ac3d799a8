// The stores of the guide, on this machine: with TLS, a certificate of the guide's authority and its settings.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import {
  postgresMissing,
  startPrivatePostgres,
} from '../../packages/adapters/src/stores/testing/private-postgres.ts';
import {
  redisMissing,
  startRedis,
} from '../../packages/adapters/src/stores/testing/private-redis.ts';
import { freePort } from '../../packages/adapters/src/testing/free-port.ts';
import { leaveBehind } from '../leftovers.ts';
import { type Change, fileInGuide } from './guide.ts';

interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface Database {
  readonly isMissing: () => boolean;
  /** The step of the guide that makes it fit for Baton; undefined where its settings do. */
  readonly step?: string;
  /** @returns what stands in the place of what the guide says of it. */
  start(certificate: Certificate): Promise<readonly Change[]>;
}

export const DATABASES = {
  PostgreSQL: {
    isMissing: postgresMissing,
    step: 'database',
    async start(certificate) {
      const { port, url, destroy } = await startPrivatePostgres([], undefined, certificate);
      leaveBehind(() => void destroy());
      return [
        ['db.internal:5432', `127.0.0.1:${port}`],
        // The instance is the user's own, and has a superuser of the name.
        ['sudo -u postgres psql', `psql ${url}`],
        ['ROLE baton', 'ROLE served'],
        ['OWNER baton', 'OWNER served'],
        ['postgres://baton:', 'postgres://served:'],
      ];
    },
  },
  Redis: {
    isMissing: () => redisMissing() !== undefined,
    async start({ cert, key }) {
      const port = await freePort();
      const file = settingsIn(fileInGuide('/etc/redis/redis.conf'));
      // It keeps a port without TLS, by which the tests see that it is up.
      const { requirepass = '', port: _, ...settings } = file;
      const here = { 'tls-port': String(port), 'tls-cert-file': cert, 'tls-key-file': key };
      const args = Object.entries({ ...settings, ...here });
      const redis = await startRedis(args.flatMap(([name, value]) => [`--${name}`, value]));
      leaveBehind(() => void redis.destroy());
      await redis.connect().config('SET', 'requirepass', requirepass);
      const setting = fileInGuide('deploy/server.env with Redis').trim();
      return [
        [/DATABASE_URL=postgres:\S+$/gm, setting],
        [/DATABASE_URL="postgres:\S+"$/gm, setting.replace(/=(.+)/, '="$1"')],
        ['db.internal:6379', `127.0.0.1:${port}`],
      ];
    },
  },
} as const satisfies Record<string, Database>;

/** A certificate as the guide says that a database needs one. */
export function databaseCertificate(folder: string): Certificate {
  const [cert, key] = [join(folder, 'db.pem'), join(folder, 'db.key')];
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  const signed = ['-nodes', '-days', '2', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-subj', '/CN=db'];
  const names = ['-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', key, '-out', cert];
  execFileSync('openssl', [...request, ...signed, ...names, ...files], {
    cwd: folder,
    stdio: 'pipe',
  });
  return { cert, key };
}

/** Settings of a file as Redis reads them. */
function settingsIn(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    text
      .trim()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]),
  );
}
