import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { type OpenArtifactStoreOptions, openArtifactStore } from './open/open-artifact-store.ts';
import { s3Missing, startPrivateS3 } from './testing/private-s3.ts';

const WRITER = fileURLToPath(new URL('testing/write-on-and-on.ts', import.meta.url));
const KILLS = 4;

interface Place {
  readonly url: string;
  readonly env?: Record<string, string>;
  readonly options?: OpenArtifactStoreOptions;
}

async function expectAllThatWasTold({ url, env, options }: Place): Promise<void> {
  let told = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const args = ['--conditions=baton-source', '--no-warnings', WRITER, url];
    const writer = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
    });
    let said = '';
    writer.stdout.on('data', (chunk) => {
      said += chunk;
    });
    await expect.poll(() => said.split('\n').length).toBeGreaterThan(2);
    writer.kill('SIGKILL');
    await once(writer, 'close');
    told = Number(said.trimEnd().split('\n').at(-1));
    const store = await openArtifactStore(url, options);
    const found = await store.list({ workflowId: 'wf_1', after: 0, limit: 1000 });
    expect(found.map(({ number }) => number)).toEqual(found.map((_, i) => i + 1));
    expect(found.length).toBeGreaterThanOrEqual(told);
    for (const one of found) {
      let size = 0;
      for await (const piece of store.read(one)) size += piece.length;
      expect(size).toBe(300_000);
    }
    await store.close();
  }
}

describe('a writer that is killed leaves all that was acknowledged, nothing half-written, and no lock', () => {
  it('in a folder', () => expectAllThatWasTold({ url: `folder:${temporaryFolder()}` }));

  it('in a SQLite file', () =>
    expectAllThatWasTold({ url: `sqlite:${join(temporaryFolder(), 'artifacts.db')}` }));

  it.skipIf(s3Missing())('in a bucket', async () => {
    const server = await startPrivateS3();
    onTestFinished(() => server.destroy());
    const { bucket, endpoint, region, credentials } = server.at;
    await expectAllThatWasTold({
      url: `s3://${bucket}?endpoint=${endpoint}&region=${region}`,
      env: {
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      },
      options: { s3: { credentials } },
    });
  });
});
