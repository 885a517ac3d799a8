import type { ArtifactMeta, ArtifactStore } from '@baton/core';
import { onTestFinished } from 'vitest';
import { createS3ArtifactStore } from '../s3/s3-artifact-store.ts';
import type { S3ArtifactStoreOptions } from '../s3/s3-artifact-store-options.ts';
import type { PrivateS3 } from './private-s3.ts';
import { type S3Proxy, startS3Proxy } from './s3-proxy.ts';

export const META: ArtifactMeta = {
  ...{ workflowId: 'wf_1', projectId: 'shop', state: 'testing', role: 'test_auditor', epoch: 1 },
  ...{ attempt: 1, kind: 'output', name: 'test', mediaType: 'text/plain', createdAt: 1 },
};
/** The artifacts of its workflow. */
export const ALL = { workflowId: 'wf_1', after: 0, limit: 1000 };
/** A retention by which everything that no index names is old enough. */
export const SWEEP = { now: Date.now() + 3_600_000, orphansAfterMs: 0 };

export interface BucketFixture {
  readonly prefix: string;
  /** Behind the proxy. */
  readonly store: ArtifactStore;
  /** Beside it, straight on the server. */
  readonly beside: ArtifactStore;
  readonly proxy: S3Proxy;
  /** Another one straight on the server. */
  another(): Promise<ArtifactStore>;
  /** Keys of the content. */
  contents(): Promise<readonly string[]>;
}

let prefixes = 0;

/** Two stores with a prefix of their own, closed after the test. */
export async function bucketFixture(
  server: PrivateS3,
  options: Partial<S3ArtifactStoreOptions> = {},
): Promise<BucketFixture> {
  const prefix = `fixture/${prefixes++}`;
  const proxy = await startS3Proxy(server.port);
  onTestFinished(() => proxy.close());
  async function opened(more: Partial<S3ArtifactStoreOptions>): Promise<ArtifactStore> {
    const store = await createS3ArtifactStore({ ...server.at, prefix, ...more });
    onTestFinished(() => store.close());
    return store;
  }
  return {
    prefix,
    proxy,
    store: await opened({ endpoint: proxy.endpoint, ...options }),
    beside: await opened({}),
    another: () => opened({}),
    contents: () => server.keys(`${prefix}/content/`),
  };
}

export async function wholeOf(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const found: Uint8Array[] = [];
  for await (const piece of pieces) found.push(piece);
  return Buffer.concat(found);
}

export async function textOf(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  return (await wholeOf(pieces)).toString('utf8');
}
