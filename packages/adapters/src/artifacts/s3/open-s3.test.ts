import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { freePort } from '../../testing/free-port.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { openArtifactStore } from '../open/open-artifact-store.ts';
import { type PrivateS3, s3Missing, startPrivateS3 } from '../testing/private-s3.ts';
import { startS3Proxy } from '../testing/s3-proxy.ts';
import { createS3ArtifactStore } from './s3-artifact-store.ts';

/** No credentials and no settings of the machine that the tests run on. */
beforeEach(() => {
  for (const name of Object.keys(process.env))
    if (name.startsWith('AWS_')) vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  const folder = temporaryFolder();
  vi.stubEnv('AWS_CONFIG_FILE', `${folder}/config`);
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', `${folder}/credentials`);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
});

describe.skipIf(s3Missing())('opening a bucket on a real server', () => {
  let server: PrivateS3;
  beforeAll(async () => {
    server = await startPrivateS3();
  });
  afterAll(() => server?.destroy());

  const urlOf = (bucket: string, more = '') =>
    `s3://${bucket}?endpoint=${server.at.endpoint}${more}`;

  function knowCredentials(): void {
    vi.stubEnv('AWS_ACCESS_KEY_ID', server.at.credentials.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', server.at.credentials.secretAccessKey);
    vi.stubEnv('AWS_REGION', 'us-east-1');
  }

  it('works by a URL with what the environment says, many times at once', async () => {
    knowCredentials();
    const opening = Array.from({ length: 5 }, () => openArtifactStore(urlOf('artifacts/at-once')));
    for (const store of await Promise.all(opening)) {
      expect(await store.list({ workflowId: 'wf_1', after: 0, limit: 1 })).toEqual([]);
      await store.close();
    }
  });

  it('names a bucket that is not there', async () => {
    knowCredentials();
    await expect(openArtifactStore(urlOf('missing'))).rejects.toMatchObject({
      code: 'invalid_input',
      message: `s3://missing at ${server.at.endpoint}: found no such bucket, expected one that exists`,
    });
  });

  it.each([
    ['an unknown key', { accessKeyId: 'UNKNOWN', secretAccessKey: 'x' }, 'InvalidAccessKeyId'],
    ['a wrong secret', { secretAccessKey: 'wrong' }, 'SignatureDoesNotMatch'],
  ])('names credentials that are refused: %s', async (_, wrong, answer) => {
    const credentials = { ...server.at.credentials, ...wrong };
    const opening = createS3ArtifactStore({ ...server.at, credentials });
    await expect(opening).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining(
        `found credentials that it refuses (${answer}), expected credentials that may read, write`,
      ),
    });
  });

  it('says where credentials and a region are looked for when there are none', async () => {
    await expect(openArtifactStore(urlOf('artifacts', '&region=a'))).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('found no credentials, expected AWS_ACCESS_KEY_ID'),
    });
    knowCredentials();
    vi.stubEnv('AWS_REGION', undefined);
    await expect(openArtifactStore(urlOf('artifacts'))).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining(
        "found no region, expected 'region' of the URL or AWS_REGION",
      ),
    });
  });

  it('refuses artifacts of a newer format', async () => {
    await server.put('newer/format', Buffer.from('2'));
    const opening = createS3ArtifactStore({ ...server.at, prefix: 'newer' });
    await expect(opening).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining("has artifacts of format '2', expected 1"),
    });
  });

  it.each([
    [200, 'replaced an object though it was asked to only create it'],
    [501, 'its server cannot only create an object (If-None-Match: *)'],
  ])('refuses a server that honours no condition: %s', async (status, why) => {
    const proxy = await startS3Proxy(server.port);
    onTestFinished(() => proxy.close());
    proxy.decide = ({ headers }) => (headers['if-none-match'] === '*' ? { status } : 'pass');
    const at = { ...server.at, endpoint: proxy.endpoint, prefix: `condition-${status}` };
    await expect(createS3ArtifactStore(at)).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining(why),
    });
  });
});

describe('opening a bucket', () => {
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const at = { bucket: 'artifacts', region: 'us-east-1', credentials };

  it('of a server that is away is unavailable', async () => {
    const endpoint = `http://127.0.0.1:${await freePort()}`;
    await expect(createS3ArtifactStore({ ...at, endpoint })).rejects.toMatchObject({
      code: 'unavailable',
      retryable: true,
      message: expect.stringContaining(`s3://artifacts at ${endpoint}: `),
    });
  });

  it('of a server that says nothing is given up', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    onTestFinished(() => {
      silent.closeAllConnections();
      silent.close();
    });
    await once(silent, 'listening');
    const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const opening = createS3ArtifactStore({ ...at, endpoint, idleTimeoutMs: 100 });
    await expect(opening).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  });

  it.each([
    ['speaks no S3', 404, '<html>no</html>', '404'],
    [
      'sends elsewhere',
      301,
      '<Error><Code>PermanentRedirect</Code><Message>ask us-west-2</Message></Error>',
      '301 (PermanentRedirect: ask us-west-2)',
    ],
  ])('of a server that %s says what it answered', async (_, status, answer, said) => {
    const other = createServer((_, to) => to.writeHead(status).end(answer));
    other.listen(0, '127.0.0.1');
    onTestFinished(() => {
      other.closeAllConnections();
      other.close();
    });
    await once(other, 'listening');
    const endpoint = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    await expect(createS3ArtifactStore({ ...at, endpoint })).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining(said),
    });
  });

  it.each([
    [{ bucket: 'No' }, 'bucket'],
    [{ prefix: '/a' }, 'prefix'],
    [{ endpoint: 'localhost:9000' }, 'endpoint'],
    [{ idleTimeoutMs: 0 }, 'idleTimeoutMs'],
    [{ maxArtifactBytes: 0 }, 'maxArtifactBytes'],
  ])('refuses options that cannot work: %o', async (option, name) => {
    await expect(createS3ArtifactStore({ ...at, ...option })).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringMatching(`^${name}: found `),
    });
  });
});
