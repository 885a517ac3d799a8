import { join } from 'node:path';
import { createFolderArtifactStore } from '@baton/adapters/artifacts';
import type { ArtifactStore } from '@baton/core';
import { batonFolder } from './baton-folder.ts';

/** The artifacts of a repository's builds, each with the rest of what is kept of the build. */
export function openArtifacts(
  repository: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ArtifactStore> {
  const folder = join(batonFolder(repository, env).root, 'builds');
  return createFolderArtifactStore({ folder, inside: 'artifacts' });
}
