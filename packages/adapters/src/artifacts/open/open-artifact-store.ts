import { type ArtifactStore, BatonError } from '@baton/core';
import { present } from '@baton/core/internal';
import type { ArtifactStoreOptions } from '../artifact-store.ts';
import { createFolderArtifactStore } from '../folder/folder-artifact-store.ts';
import { createPostgresArtifactStore } from '../postgres/postgres-artifact-store.ts';
import { createS3ArtifactStore } from '../s3/s3-artifact-store.ts';
import type { S3ArtifactStoreOptions } from '../s3/s3-artifact-store-options.ts';
import { createSqliteArtifactStore } from '../sqlite/sqlite-artifact-store.ts';
import { describeArtifactUrl, parseArtifactUrl } from './artifact-url.ts';

export interface OpenArtifactStoreOptions extends ArtifactStoreOptions {
  /** For a bucket: what the URL does not have. Default: what the SDK finds. */
  readonly s3?: Pick<S3ArtifactStoreOptions, 'credentials' | 'region' | 'idleTimeoutMs'>;
}

/**
 * Opens the store of artifacts that a URL names: `folder:<path>`, `sqlite:<path>`, `postgres://…` (or
 * `postgresql:`), `s3://<bucket>/<prefix>`. Relative paths begin at the folder of the process.
 *
 * @throws BatonError `invalid_input` for another URL, for limits that are out of range, and for a driver that is
 * not installed; `unavailable`.
 * @example
 * import { openArtifactStore } from '@baton/adapters/artifacts';
 * const artifacts = await openArtifactStore('folder:/srv/baton/artifacts');
 */
export async function openArtifactStore(
  url: string,
  { s3, ...options }: OpenArtifactStoreOptions = {},
): Promise<ArtifactStore> {
  const where = parseArtifactUrl(url);
  try {
    switch (where.kind) {
      case 'folder':
        return await createFolderArtifactStore({ folder: where.path, ...options });
      case 'sqlite':
        return await createSqliteArtifactStore({ path: where.path, ...options });
      case 'postgres':
        return await createPostgresArtifactStore({ connection: where.url, ...options });
      case 's3':
        return await createS3ArtifactStore({ ...s3, ...present(where.place), ...options });
    }
  } catch (reason) {
    const error = BatonError.from(reason);
    if (error.code !== 'unavailable') throw error;
    const message = `${describeArtifactUrl(url)} cannot be opened: ${error.message}`;
    throw new BatonError('unavailable', message, { retryable: error.retryable, cause: error });
  }
}
