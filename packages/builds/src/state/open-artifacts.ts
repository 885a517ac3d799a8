import { join } from 'node:path';
import {
  type ArtifactStoreOptions,
  absoluteArtifactUrl,
  createFolderArtifactStore,
  openArtifactStore,
} from '@baton/adapters/artifacts';
import type { ArtifactStore } from '@baton/core';
import type { Caller } from '../caller.ts';
import type { Config } from '../config/load-config.ts';
import { awsCredentialsIn } from '../config/model-variables.ts';
import { batonFolder } from './baton-folder.ts';

/**
 * The URL of the store that a configuration names, undefined where none does. It has no password and may be kept:
 * one of the environment counts anew each time.
 */
export function artifactsUrlOf({ artifacts, folder }: Pick<Config, 'artifacts' | 'folder'>) {
  return artifacts.store === undefined ? undefined : absoluteArtifactUrl(artifacts.store, folder);
}

/**
 * The artifacts of a repository's builds: where ARTIFACTS_URL says, else at `url`, else each with the rest of what is
 * kept of the build.
 */
export async function openArtifacts(
  repository: string,
  { env, cwd }: Pick<Caller, 'env' | 'cwd'>,
  url: string | undefined,
  limits: ArtifactStoreOptions = {},
): Promise<ArtifactStore> {
  const elsewhere = artifactsPlace({ env, cwd }, url);
  if (elsewhere !== undefined) return openArtifactStore(elsewhere, { ...limits, s3: s3In(env) });
  const folder = join(batonFolder(repository, env).root, 'builds');
  return createFolderArtifactStore({ folder, inside: 'artifacts', ...limits });
}

/** What the caller's variables say of a bucket; what they leave open the SDK looks for in its other places. */
function s3In(env: Caller['env']) {
  const region = env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || undefined;
  return { credentials: awsCredentialsIn(env), region };
}

/** The URL of a build's artifacts, `url` unless the environment has one; undefined for Baton's own folder. */
export function artifactsPlace(
  { env, cwd }: Pick<Caller, 'env' | 'cwd'>,
  url: string | undefined,
): string | undefined {
  const outranking = env['ARTIFACTS_URL'];
  return outranking ? absoluteArtifactUrl(outranking, cwd) : url;
}
