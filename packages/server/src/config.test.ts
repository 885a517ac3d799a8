import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../adapters/src/testing/temporary-folder.ts';
import { ConfigError, readConfig } from './config.ts';
import { type LOAD_LIMITS, resolveLimits } from './load/load-limits.ts';
import { settings, settingsText } from './settings.ts';

function problems(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment);
    return [];
  } catch (reason) {
    if (reason instanceof ConfigError) return reason.problems;
    throw reason;
  }
}

const STORES =
  'memory:, sqlite:<path>, sqlite:///<absolute path>, postgres://…, postgresql://…, redis://…, redis+sentinel://…, redis+cluster://… or the last three with rediss';
const REDIS = 'redis://…, redis+sentinel://…, redis+cluster://… or the same with rediss';
const ORIGINS = "origins as 'https://host[:port]', separated by commas, or '*'";

describe('the environment', () => {
  it('may be empty: it then means a durable store and loopback', () => {
    expect(readConfig({})).toEqual({
      host: '127.0.0.1',
      grpcPort: 7480,
      httpPort: 7481,
      tls: undefined,
      access: 'open',
      corsOrigins: [],
      allowedHosts: [],
      heartbeatSeconds: 15,
      retireSeconds: 0,
      drainSeconds: 10,
      limits: resolveLimits({}),
      databaseUrl: 'sqlite:baton.sqlite',
      timeoutSeconds: 3600,
      retentionSeconds: undefined,
      maxRetries: 3,
      definition: undefined,
      policiesPath: undefined,
      logLevel: 'info',
    });
  });

  it.each([
    ['off', undefined],
    ['on', { at: undefined, projects: false }],
    ['9464', { at: { host: '127.0.0.1', port: 9464 }, projects: false }],
    ['0.0.0.0:9464', { at: { host: '0.0.0.0', port: 9464 }, projects: false }],
    ['[::1]:0', { at: { host: '::1', port: 0 }, projects: false }],
  ])('says where metrics are served: %s', (place, expected) => {
    expect(readConfig({ BATON_METRICS: place }).metrics).toEqual(expected);
  });

  it('says whether metrics are told by project', () => {
    const { metrics } = readConfig({ BATON_METRICS: 'on', BATON_METRICS_PROJECTS: 'on' });
    expect(metrics).toEqual({ at: undefined, projects: true });
  });

  it.each(['yes', '65536', ':9464', 'host:', 'a b:1', '::1:9464'])(
    'refuses a place for metrics that is none: %s',
    (place) => {
      expect(problems({ BATON_METRICS: place })).toEqual([
        `BATON_METRICS: found '${place}', expected 'off', 'on' (GET /metrics on the HTTP port), <port> on loopback, or <host>:<port>`,
      ]);
    },
  );

  it('says where artifacts are, and how long they stay', () => {
    const { artifacts } = readConfig({
      ARTIFACTS_URL: 'folder:/srv/artifacts',
      ARTIFACTS_RETENTION: '3600',
      ARTIFACTS_MAX_BYTES: '1000000000000',
    });
    expect(artifacts).toEqual({
      url: 'folder:/srv/artifacts',
      retentionSeconds: 3600,
      maxBytes: 1e12,
    });
    expect(problems({ ARTIFACTS_URL: 'postgres://ada:s3cret@' })).toEqual([
      "ARTIFACTS_URL: found 'postgres://…', expected folder:<path>, sqlite:<path>, postgres://…, postgresql://… or s3://<bucket>/<prefix>?endpoint=…&region=…&forcePathStyle=…",
    ]);
    expect(problems({ ARTIFACTS_URL: 's3://AKIA:s3cret@artifacts' })).toEqual([
      expect.stringMatching(
        /^ARTIFACTS_URL: found 's3:\/\/…@artifacts': expected a bucket without/,
      ),
    ]);
    expect(problems({ ARTIFACTS_RETENTION: '60', ARTIFACTS_MAX_BYTES: '5' })).toEqual([
      "ARTIFACTS_RETENTION: found '60' without ARTIFACTS_URL, expected both or neither",
      "ARTIFACTS_MAX_BYTES: found '5' without ARTIFACTS_URL, expected both or neither",
    ]);
  });

  it('sets each limit, under a name of its own', () => {
    const names = {
      connections: 'BATON_MAX_CONNECTIONS',
      connectionsPerAddress: 'BATON_MAX_CONNECTIONS_PER_ADDRESS',
      requests: 'BATON_MAX_REQUESTS',
      requestsPerConnection: 'BATON_MAX_REQUESTS_PER_CONNECTION',
      streamsPerConnection: 'BATON_MAX_STREAMS_PER_CONNECTION',
      watches: 'BATON_MAX_WATCHES',
      watchesPerConnection: 'BATON_MAX_WATCHES_PER_CONNECTION',
      heldBytes: 'BATON_MAX_HELD_BYTES',
      idleSeconds: 'BATON_IDLE_SECONDS',
      requestSeconds: 'BATON_REQUEST_SECONDS',
      replySeconds: 'BATON_REPLY_SECONDS',
    } as const satisfies Record<keyof typeof LOAD_LIMITS, string>;
    const wanted = Object.keys(names).map((limit, i) => [limit, i + 1]);
    const environment = Object.values(names).map((name, i) => [name, String(i + 1)]);
    const { limits } = readConfig(Object.fromEntries(environment));
    expect(limits).toEqual(Object.fromEntries(wanted));
    for (const name of Object.values(names)) {
      expect(problems({ [name]: '0' })).toEqual([
        expect.stringMatching(`^${name}: found '0', expected a whole number, 1 to \\d+$`),
      ]);
    }
  });

  it('is told whole: each variable with what it may be, and its default', () => {
    const told = settings();
    expect(told.filter(({ expected, means }) => expected === '' || means === '')).toEqual([]);
    expect(told).toContainEqual({
      name: 'BATON_DRAIN_SECONDS',
      means: 'How long requests under way may take when it stops',
      expected: 'seconds, 0 to 3600',
      byDefault: '10',
    });
    expect(told).toContainEqual({
      name: 'WORKFLOW_RETENTION',
      means: 'How long complete workflows are kept (Redis)',
      expected: 'seconds, 1 to 3155760000',
      byDefault: undefined,
    });
    for (const { name } of told) expect(settingsText()).toContain(`  ${name} `);
  });

  it('is read where it is set; what is empty is not set', () => {
    const config = readConfig({
      BATON_HOST: '::',
      BATON_GRPC_PORT: '0',
      BATON_HTTP_PORT: '',
      DATABASE_URL: 'memory:',
      WORKFLOW_TIMEOUT: '60',
      WORKFLOW_MAX_RETRIES: '0',
      BATON_DRAIN_SECONDS: '2',
      LOG_LEVEL: 'debug',
      PATH: '/bin',
    });
    expect(config).toMatchObject({
      host: '::',
      grpcPort: 0,
      httpPort: 7481,
      databaseUrl: 'memory:',
      timeoutSeconds: 60,
      maxRetries: 0,
      drainSeconds: 2,
      logLevel: 'debug',
    });
  });

  it('names the store by DATABASE_URL, or by REDIS_URL where that is all there is', () => {
    const urlOf = (environment: Record<string, string>) => readConfig(environment).databaseUrl;
    const REDIS_URL = 'redis://:secret@127.0.0.1:6379/1';
    expect(urlOf({ REDIS_URL })).toBe(REDIS_URL);
    expect(urlOf({ REDIS_URL, DATABASE_URL: '' })).toBe(REDIS_URL);
    for (const url of ['memory:', 'sqlite:///var/b:c.db', 'postgres://h/d', 'rediss://h']) {
      expect(urlOf({ REDIS_URL, DATABASE_URL: url })).toBe(url);
    }
  });

  it.each([
    ['BATON_GRPC_PORT', '65536', 'a port, 0 (any free one) to 65535'],
    ['BATON_HTTP_PORT', '80 ', 'a port, 0 (any free one) to 65535'],
    ['BATON_HTTP_PORT', '-1', 'a port, 0 (any free one) to 65535'],
    ['BATON_DRAIN_SECONDS', '1.5', 'seconds, 0 to 3600'],
    ['DATABASE_URL', 'mysql://db', STORES],
    ['DATABASE_URL', 'sqlite:', STORES],
    ['DATABASE_URL', 'sqlite://baton.db', STORES],
    ['REDIS_URL', 'memory:', REDIS],
    ['WORKFLOW_RETENTION', '0', 'seconds, 1 to 3155760000'],
    ['CORS_ORIGINS', 'https://a.example/path', ORIGINS],
    ['CORS_ORIGINS', 'https://a.example, a.example', ORIGINS],
    ['ALLOWED_HOSTS', 'baton.local:80', 'host names, separated by commas'],
    ['WORKFLOW_TIMEOUT', '0', 'seconds, 1 to 31622400'],
    ['WORKFLOW_MAX_RETRIES', 'three', 'a number, 0 to 1000'],
    ['LOG_LEVEL', 'verbose', 'debug, info, warn, error, silent'],
  ])('refuses %s=%s and names the legal choices', (name, found, expected) => {
    expect(problems({ [name]: found })).toEqual([
      `${name}: found '${found}', expected ${expected}`,
    ]);
  });

  it('has a time to keep complete workflows, where the store can remove them', () => {
    const WORKFLOW_RETENTION = '86400';
    expect(readConfig({ WORKFLOW_RETENTION, REDIS_URL: 'redis://h' }).retentionSeconds).toBe(
      86_400,
    );
    expect(problems({ WORKFLOW_RETENTION, DATABASE_URL: 'postgres://u:secret@h/d' })).toEqual([
      "WORKFLOW_RETENTION: found '86400' with the store postgres://u:***@h/d, expected a store in Redis, or nothing",
    ]);
  });

  it('never shows a password', () => {
    const [problem] = problems({ DATABASE_URL: 'mysql://ada:p@ss:w0rd@db.example/baton' });
    expect(problem).toContain("found 'mysql://ada:***@db.example/baton'");
  });

  it('has lists, separated by commas', () => {
    const config = readConfig({
      CORS_ORIGINS: 'https://a.example, http://b:8',
      ALLOWED_HOSTS: 'a,b',
    });
    expect(config.corsOrigins).toEqual(['https://a.example', 'http://b:8']);
    expect(config.allowedHosts).toEqual(['a', 'b']);
  });

  it('tells everything that is wrong at once', () => {
    expect(problems({ BATON_GRPC_PORT: 'x', LOG_LEVEL: 'y' })).toHaveLength(2);
  });

  it('wants a certificate and its key, both readable PEM files', () => {
    const folder = temporaryFolder();
    const [pem, text, none] = ['a.pem', 'b.txt', 'c.pem'].map((name) => join(folder, name));
    if (pem === undefined || text === undefined || none === undefined) throw new Error('no paths');
    writeFileSync(pem, '-----BEGIN CERTIFICATE-----\n');
    writeFileSync(text, 'hello');
    const both = (cert: string, key: string) => ({ BATON_TLS_CERT: cert, BATON_TLS_KEY: key });
    expect(readConfig(both(pem, pem)).tls?.cert).toContain('BEGIN');
    expect(problems({ BATON_TLS_CERT: pem })[0]).toContain('BATON_TLS_KEY: found nothing');
    expect(problems({ BATON_TLS_KEY: pem })[0]).toContain('BATON_TLS_CERT: found nothing');
    expect(problems(both(pem, none))[0]).toContain(`BATON_TLS_KEY: found '${none}'`);
    expect(problems(both(text, pem))[0]).toContain('expected a PEM file');
  });
});
