import type { ArtifactStore } from '@baton/core';
import { createArtifactStore, resolveLimits } from '../artifact-store.ts';
import { openBucket } from './bucket.ts';
import { checkFormat } from './format.ts';
import { resolveS3Options, type S3ArtifactStoreOptions } from './s3-artifact-store-options.ts';
import { createS3Backend } from './s3-backend.ts';

/**
 * Artifacts in a bucket of Amazon S3 or a server that is compatible with it, which many machines may share. The server
 * has to show at once what was written, and to honour `If-None-Match: *`; the latter is tried at opening.
 *
 * @throws BatonError `invalid_input` for options that cannot work, a missing bucket, credentials that are refused, a
 * server that replaces what it should only create, and without the package `@aws-sdk/client-s3`; `unavailable`.
 * @example
 * import { createS3ArtifactStore } from '@baton/adapters/artifacts';
 * const artifacts = await createS3ArtifactStore({ bucket: 'artifacts', prefix: 'baton', region: 'eu-central-1' });
 */
export async function createS3ArtifactStore(
  options: S3ArtifactStoreOptions,
): Promise<ArtifactStore> {
  const limits = resolveLimits({
    maxArtifactBytes: options.maxArtifactBytes,
    maxWorkflowBytes: options.maxWorkflowBytes,
  });
  const bucket = await openBucket(resolveS3Options(options));
  try {
    await checkFormat(bucket);
  } catch (reason) {
    bucket.close();
    throw reason;
  }
  return createArtifactStore(createS3Backend(bucket), limits);
}
