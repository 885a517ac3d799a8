import { BatonError } from '@baton/core';
import { checkPlace, type S3Place } from './s3-artifact-store-options.ts';

/** The legal form, for messages and help. */
export const S3_URL_FORM = 's3://<bucket>/<prefix>?endpoint=…&region=…&forcePathStyle=…';

const PARAMETERS = ['endpoint', 'region', 'forcePathStyle'] as const;
type Parameter = (typeof PARAMETERS)[number];

const CREDENTIALS =
  'credentials come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile or the role of the machine';

/**
 * Parses the URL of artifacts in a bucket.
 *
 * @throws BatonError `invalid_input` that says what is wrong and shows no value of an unknown parameter.
 */
export function parseS3Url(url: string): S3Place {
  const { credentials, bucket, path, parameters } = partsOf(url);
  if (credentials !== undefined) {
    throw refused(url, `expected a bucket without credentials before it: ${CREDENTIALS}`);
  }
  for (const name of new Set(parameters.keys())) {
    if (!PARAMETERS.includes(name as Parameter)) {
      const legal = PARAMETERS.join(', ');
      throw refused(url, `parameter '${name}', expected ${legal}; ${CREDENTIALS}`);
    }
    if (parameters.getAll(name).length > 1) throw refused(url, `expected '${name}' once`);
  }
  const style = parameters.get('forcePathStyle') ?? undefined;
  if (style !== undefined && style !== 'true' && style !== 'false') {
    throw refused(url, `forcePathStyle: found '${style}', expected true or false`);
  }
  const region = parameters.get('region') ?? undefined;
  if (region !== undefined && !/^[a-z0-9-]+$/i.test(region)) {
    throw refused(url, `region: found '${region}', expected such as eu-central-1`);
  }
  const place: S3Place = {
    bucket,
    prefix: path.replace(/^\/|\/$/g, ''),
    endpoint: parameters.get('endpoint') ?? undefined,
    region,
    forcePathStyle: style === undefined ? undefined : style === 'true',
  };
  try {
    checkPlace(place);
  } catch (reason) {
    throw refused(url, BatonError.from(reason).message);
  }
  return place;
}

/** The URL for people: of its parameters, which may hold secrets, the names, and the endpoint where all is well. */
export function describeS3Url(url: string): string {
  const { credentials, bucket, path, parameters } = partsOf(url);
  const place = `s3://${credentials === undefined ? '' : '…@'}${bucket}${path}`;
  const names = [...new Set(parameters.keys())];
  if (names.length === 0) return place;
  if (names.every((name) => PARAMETERS.includes(name as Parameter))) {
    const endpoint = parameters.get('endpoint') ?? '';
    if (!/[@?#]/.test(endpoint)) return endpoint === '' ? place : `${place}?endpoint=${endpoint}`;
  }
  return `${place}?${names.map((name) => `${name}=…`).join('&')}`;
}

function partsOf(url: string) {
  const [, before = '', query = ''] = /^s3:\/\/([^?#]*)(?:[?#](.*))?$/s.exec(url) ?? [];
  const at = before.lastIndexOf('@');
  const place = before.slice(at + 1);
  const slash = place.indexOf('/');
  return {
    credentials: at === -1 ? undefined : before.slice(0, at),
    bucket: slash === -1 ? place : place.slice(0, slash),
    path: slash === -1 ? '' : place.slice(slash),
    parameters: new URLSearchParams(query),
  };
}

function refused(url: string, why: string): BatonError {
  const text = `the URL of the artifacts: found '${describeS3Url(url)}': ${why}. The form is ${S3_URL_FORM}`;
  return new BatonError('invalid_input', text);
}
