export type { ArtifactStoreOptions } from './artifact-store.ts';
export {
  createFolderArtifactStore,
  type FolderArtifactStoreOptions,
} from './folder/folder-artifact-store.ts';
export {
  createPostgresArtifactStore,
  type PostgresArtifactStoreOptions,
} from './postgres/postgres-artifact-store.ts';
export {
  createSqliteArtifactStore,
  type SqliteArtifactStoreOptions,
} from './sqlite/sqlite-artifact-store.ts';
