import type { ArtifactStore } from '@baton/core';
import { MAX_TIMER_MS } from '@baton/core/internal';
import { checkNumber } from '../../stores/check-option.ts';
import {
  type ArtifactStoreOptions,
  createArtifactStore,
  resolveLimits,
} from '../artifact-store.ts';
import { createFolderBackend } from './folder-backend.ts';

export interface FolderArtifactStoreOptions extends ArtifactStoreOptions {
  /** The folder, in which each workflow has one of its own; made when it is needed. */
  readonly folder: string;
  /** Name of a folder in that of the workflow, where other things lie in it, too. Default: none. */
  readonly inside?: string | undefined;
  /** How long a write waits for another process's, in milliseconds. Default 10,000. */
  readonly lockWaitMs?: number | undefined;
}

/**
 * Artifacts in a folder of a local file system, which several processes may share.
 *
 * @throws BatonError `invalid_input` for options that cannot work.
 * @example
 * import { createFolderArtifactStore } from '@baton/adapters/artifacts';
 * const artifacts = await createFolderArtifactStore({ folder: '/srv/baton/artifacts' });
 */
export async function createFolderArtifactStore(
  options: FolderArtifactStoreOptions,
): Promise<ArtifactStore> {
  const { folder, inside, lockWaitMs = 10_000 } = options;
  checkNumber('lockWaitMs', lockWaitMs, MAX_TIMER_MS);
  const limits = resolveLimits({
    maxArtifactBytes: options.maxArtifactBytes,
    maxWorkflowBytes: options.maxWorkflowBytes,
  });
  return createArtifactStore(createFolderBackend({ folder, inside, lockWaitMs }), limits);
}
