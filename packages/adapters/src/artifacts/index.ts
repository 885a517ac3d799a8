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
export { openArtifactStore } from './open/open-artifact-store.ts';
export {
  createPostgresArtifactStore,
  type PostgresArtifactStoreOptions,
} from './postgres/postgres-artifact-store.ts';
export { pruneEnded } from './prune-ended.ts';
export {
  createSqliteArtifactStore,
  type SqliteArtifactStoreOptions,
} from './sqlite/sqlite-artifact-store.ts';
