import { BatonError } from '@baton/core';
import { MAX_TIMER_MS } from '@baton/core/internal';
import { checkNumber } from '../../stores/check-option.ts';
import type { ArtifactStoreOptions } from '../artifact-store.ts';

/** Keys of the server. */
export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** Where the objects are. */
export interface S3Place {
  readonly bucket: string;
  /** What the name of every object begins with, without slashes at its ends. Default: nothing. */
  readonly prefix?: string | undefined;
  /** URL of the server. Default: Amazon's of the region. */
  readonly endpoint?: string | undefined;
  /** Default: what the environment or the profile of the SDK says. */
  readonly region?: string | undefined;
  /** Whether the bucket is named in the path and not in the host name. Default: true with an endpoint. */
  readonly forcePathStyle?: boolean | undefined;
}

export interface S3ArtifactStoreOptions extends ArtifactStoreOptions, S3Place {
  /** Keys, or what fetches them. Default: where the SDK finds them (environment, profile, role of the machine). */
  readonly credentials?: S3Credentials | (() => Promise<S3Credentials>) | undefined;
  /** How long a connection may stand still before its request counts as failed, in milliseconds. Default 30,000. */
  readonly idleTimeoutMs?: number | undefined;
}

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const PREFIX = /^[\w!.*'()-]+(\/[\w!.*'()-]+)*$/;
const MOST_PREFIX_CHARACTERS = 400;

/** The one place where defaults are decided. @throws BatonError `invalid_input`. */
export function resolveS3Options(options: S3ArtifactStoreOptions) {
  const { idleTimeoutMs = 30_000, endpoint } = options;
  checkNumber('idleTimeoutMs', idleTimeoutMs, MAX_TIMER_MS);
  checkPlace(options);
  return {
    ...options,
    prefix: options.prefix ?? '',
    forcePathStyle: options.forcePathStyle ?? endpoint !== undefined,
    idleTimeoutMs,
  };
}

/** @throws BatonError `invalid_input`. */
export function checkPlace({ bucket, prefix = '', endpoint }: S3Place): void {
  if (!BUCKET.test(bucket)) {
    throw refused('bucket', bucket, '3 to 63 of a-z 0-9 . -, with a letter or digit at both ends');
  }
  const segments = prefix.split('/');
  const isPath = prefix === '' || (PREFIX.test(prefix) && prefix.length <= MOST_PREFIX_CHARACTERS);
  if (!isPath || segments.includes('.') || segments.includes('..')) {
    const expected = `up to ${MOST_PREFIX_CHARACTERS} of A-Z a-z 0-9 _ - . ! * ' ( ), in parts with a / between them`;
    throw refused('prefix', prefix, expected);
  }
  if (endpoint !== undefined && !isEndpoint(endpoint)) {
    const expected = 'http:// or https:// with a host, and neither credentials nor parameters';
    throw refused('endpoint', shown(endpoint), expected);
  }
}

function isEndpoint(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username + password + search + hash === '';
}

/** What people may see of an endpoint that was refused: not what could be a password. */
function shown(endpoint: string): string {
  return /[@?#]/.test(endpoint) ? `${/^[a-z]+:\/\//i.exec(endpoint)?.[0] ?? ''}…` : endpoint;
}

function refused(what: string, found: string, expected: string): BatonError {
  return new BatonError('invalid_input', `${what}: found '${found}', expected ${expected}`);
}
