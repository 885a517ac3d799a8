import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type PrivateS3,
  s3Missing,
  startPrivateS3,
} from '../../packages/adapters/src/artifacts/testing/private-s3.ts';
import { baton, createProject, documents, startServer, TIMEOUT } from './harness.ts';

describe.skipIf(s3Missing())('what a build keeps in a bucket', TIMEOUT, () => {
  let s3: PrivateS3;
  beforeAll(async () => {
    s3 = await startPrivateS3();
  });
  afterAll(() => s3?.destroy());

  it('is listed and shown here and by a server, masked, and goes with the build', async () => {
    const { bucket, endpoint, region, credentials } = s3.at;
    const store = `s3://${bucket}/builds?endpoint=${endpoint}&region=${region}`;
    const env = {
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    };
    const { options, steer, repo, kept, configure } = createProject();
    configure((config) => {
      config.artifacts = { store };
    });
    steer({ implementation: 'right' });
    const run = await baton(['run', 'first', ...options, '--json'], { env });
    const { workflowId } = documents(run.stdout)[0].status;
    expect(existsSync(join(kept.state, 'builds', workflowId, 'artifacts'))).toBe(false);
    expect((await s3.keys(`builds/content/${workflowId}/`)).length).toBeGreaterThan(3);

    const server = await startServer('0', 'memory:', [], { ...env, ARTIFACTS_URL: store });
    const here = ['--workspace', repo];
    const there = ['--server', server.address];
    for (const command of ['artifacts', 'logs']) {
      const [own, served] = await Promise.all(
        [here, there].map((where) => baton([command, workflowId, ...where, '--json'], { env })),
      );
      expect(own?.stdout).toContain('changes.diff');
      expect(documents(served?.stdout ?? '')).toEqual(documents(own?.stdout ?? ''));
      expect(own?.stdout).not.toContain(credentials.secretAccessKey);
    }
    const lines = await baton(['logs', workflowId, ...here, '--phase', 'implementation'], { env });
    expect(lines.stdout).toMatch(/^│ \+\+\+ b\//m);

    const wrong = { ...env, AWS_SECRET_ACCESS_KEY: 'not the secret of it' };
    const refused = await baton(['artifacts', workflowId, ...here], { env: wrong });
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('found credentials that it refuses (SignatureDoesNotMatch)');

    await baton(['prune', workflowId, '--yes', ...here], { env });
    expect(await s3.keys(`builds/content/${workflowId}/`)).toEqual([]);
  });
});
