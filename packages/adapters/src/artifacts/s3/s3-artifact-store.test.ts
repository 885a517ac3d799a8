import { createHash, randomBytes } from 'node:crypto';
import type { ArtifactStore } from '@baton/core';
import { type ArtifactLimits, describeArtifactContract } from '@baton/core/testing';
import { afterAll, beforeAll, describe } from 'vitest';
import { type PrivateS3, s3Missing, startPrivateS3 } from '../testing/private-s3.ts';
import { packFramed } from './framed-content.ts';
import { createS3ArtifactStore } from './s3-artifact-store.ts';

let prefixes = 0;

describe.skipIf(s3Missing())('on a real server', () => {
  let server: PrivateS3;
  beforeAll(async () => {
    server = await startPrivateS3();
  });
  afterAll(() => server?.destroy());

  describeArtifactContract('a bucket', async () => {
    const prefix = `contract/${prefixes++}`;
    const opened: ArtifactStore[] = [];
    async function another(limits: ArtifactLimits = {}): Promise<ArtifactStore> {
      const store = await createS3ArtifactStore({ ...server.at, prefix, ...limits });
      opened.push(store);
      return store;
    }
    return {
      store: await another(),
      another,
      async leaveHalfWritten(workflowId, content) {
        const digest = createHash('sha256').update(content).digest('hex');
        const object = `${digest}.${randomBytes(8).toString('hex')}`;
        await server.put(`${prefix}/content/${workflowId}/${object}`, await packFramed(content));
      },
      async damage(workflowId, digest) {
        const [key = ''] = await server.keys(`${prefix}/content/${workflowId}/${digest}`);
        const bytes = await server.get(key);
        bytes.writeUInt8(bytes.readUInt8(bytes.length - 2) ^ 0xff, bytes.length - 2);
        await server.put(key, bytes);
      },
      async destroy() {
        for (const store of opened) await store.close();
      },
    };
  });
});
