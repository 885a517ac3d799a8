import type { ArtifactStore } from '@baton/core';
import { MAX_TIMER_MS } from '@baton/core/internal';
import { checkNumber } from '../../stores/check-option.ts';
import {
  type ArtifactStoreOptions,
  createArtifactStore,
  resolveLimits,
} from '../artifact-store.ts';
import { openSqliteBackend } from './sqlite-backend.ts';

export interface SqliteArtifactStoreOptions extends ArtifactStoreOptions {
  /** File of the database, of its own; missing parent folders are made. `:memory:` keeps nothing. */
  readonly path: string;
  /** How long a write waits for another process's, in milliseconds. Default 10,000. */
  readonly busyTimeoutMs?: number | undefined;
}

/**
 * Artifacts in one SQLite file, which several processes may share.
 *
 * @throws BatonError `invalid_input` for options that cannot work or a database that is not of artifacts;
 * `unavailable`.
 * @example
 * import { createSqliteArtifactStore } from '@baton/adapters/artifacts';
 * const artifacts = await createSqliteArtifactStore({ path: '/srv/baton/artifacts.db' });
 */
export async function createSqliteArtifactStore(
  options: SqliteArtifactStoreOptions,
): Promise<ArtifactStore> {
  const { path, busyTimeoutMs = 10_000 } = options;
  checkNumber('busyTimeoutMs', busyTimeoutMs, MAX_TIMER_MS);
  const limits = resolveLimits({
    maxArtifactBytes: options.maxArtifactBytes,
    maxWorkflowBytes: options.maxWorkflowBytes,
  });
  return createArtifactStore(await openSqliteBackend(path, busyTimeoutMs), limits);
}
