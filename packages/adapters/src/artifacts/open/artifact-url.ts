import { isAbsolute, resolve } from 'node:path';
import { BatonError } from '@baton/core';
import { describeStoreUrl, parseStoreUrl } from '../../stores/open-store/store-url.ts';
import type { S3Place } from '../s3/s3-artifact-store-options.ts';
import { describeS3Url, parseS3Url, S3_URL_FORM } from '../s3/s3-url.ts';

/** A parsed URL of a store of artifacts. */
export type ArtifactUrl =
  | { readonly kind: 'folder' | 'sqlite'; readonly path: string }
  | { readonly kind: 'postgres'; readonly url: string }
  | { readonly kind: 's3'; readonly place: S3Place };

/** The legal forms, for messages and help. */
export const ARTIFACT_URL_FORMS = `folder:<path>, sqlite:<path>, postgres://…, postgresql://… or ${S3_URL_FORM}`;

/**
 * Parses the URL of a store of artifacts.
 *
 * @throws BatonError `invalid_input` with the legal forms, without the URL's password.
 */
export function parseArtifactUrl(url: string): ArtifactUrl {
  const [, scheme, path] = /^([a-z\d]+):(.*)$/s.exec(url) ?? [];
  if (scheme === 'folder' && path !== undefined && path !== '' && !path.startsWith('//')) {
    return { kind: 'folder', path };
  }
  if (scheme === 's3') return { kind: 's3', place: parseS3Url(url) };
  if (scheme === 'sqlite' || scheme === 'postgres' || scheme === 'postgresql') {
    const found = parsedStore(url);
    if (found?.kind === 'sqlite' || found?.kind === 'postgres') return found;
  }
  const message = `the URL of the artifacts: found '${describeArtifactUrl(url)}', expected ${ARTIFACT_URL_FORMS}`;
  throw new BatonError('invalid_input', message);
}

function parsedStore(url: string) {
  try {
    return parseStoreUrl(url);
  } catch {
    // What is expected of a store of workflows is more than is expected here.
    return undefined;
  }
}

/** The URL for people, without password and parameters, which may hold secrets. */
export function describeArtifactUrl(url: string): string {
  if (url.startsWith('folder:')) return url;
  return url.startsWith('s3:') ? describeS3Url(url) : describeStoreUrl(url);
}

/**
 * The same URL for every folder that it may be opened from, without its password: to be written down.
 *
 * @param folder that relative paths begin at.
 * @throws BatonError as {@link parseArtifactUrl}.
 */
export function absoluteArtifactUrl(url: string, folder: string): string {
  const found = parseArtifactUrl(url);
  if (found.kind === 'postgres' || found.kind === 's3') return url;
  const { kind, path } = found;
  return isAbsolute(path) ? url : `${kind}:${resolve(folder, path)}`;
}
