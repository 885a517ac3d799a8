export type { ArtifactStoreOptions } from './artifact-store.ts';
export {
  createFolderArtifactStore,
  type FolderArtifactStoreOptions,
} from './folder/folder-artifact-store.ts';
export {
  ARTIFACT_URL_FORMS,
  type ArtifactUrl,
  absoluteArtifactUrl,
  describeArtifactUrl,
  parseArtifactUrl,
} from './open/artifact-url.ts';
export { type OpenArtifactStoreOptions, openArtifactStore } from './open/open-artifact-store.ts';
export {
  createPostgresArtifactStore,
  type PostgresArtifactStoreOptions,
} from './postgres/postgres-artifact-store.ts';
export { pruneEnded } from './prune-ended.ts';
export { createS3ArtifactStore } from './s3/s3-artifact-store.ts';
export type {
  S3ArtifactStoreOptions,
  S3Credentials,
  S3Place,
} from './s3/s3-artifact-store-options.ts';
export {
  createSqliteArtifactStore,
  type SqliteArtifactStoreOptions,
} from './sqlite/sqlite-artifact-store.ts';
