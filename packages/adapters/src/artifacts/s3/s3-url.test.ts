import { describe, expect, it } from 'vitest';
import {
  absoluteArtifactUrl,
  describeArtifactUrl,
  parseArtifactUrl,
} from '../open/artifact-url.ts';

describe('the URL of artifacts in a bucket', () => {
  it.each([
    ['s3://artifacts', { bucket: 'artifacts', prefix: '' }],
    ['s3://artifacts/', { bucket: 'artifacts', prefix: '' }],
    ['s3://my.artifacts/baton/kept/', { bucket: 'my.artifacts', prefix: 'baton/kept' }],
    [
      's3://artifacts/baton?region=eu-central-1&endpoint=http://127.0.0.1:9000&forcePathStyle=false',
      {
        ...{ bucket: 'artifacts', prefix: 'baton', region: 'eu-central-1' },
        ...{ endpoint: 'http://127.0.0.1:9000', forcePathStyle: false },
      },
    ],
    [
      's3://artifacts?endpoint=https%3A%2F%2Fs3.example.com%2Fpath',
      { bucket: 'artifacts', prefix: '', endpoint: 'https://s3.example.com/path' },
    ],
  ])('%s names one', (url, place) => {
    expect(parseArtifactUrl(url)).toEqual({ kind: 's3', place });
    expect(absoluteArtifactUrl(url, '/srv')).toBe(url);
  });

  it.each([
    ['s3:', "bucket: found ''"],
    ['s3:artifacts', "bucket: found ''"],
    ['s3://', "bucket: found ''"],
    ['s3://Artifacts', "bucket: found 'Artifacts', expected 3 to 63 of a-z"],
    ['s3://ab', "bucket: found 'ab'"],
    ['s3://artifacts/a//b', "prefix: found 'a//b'"],
    ['s3://artifacts/a/../b', "prefix: found 'a/../b'"],
    ['s3://artifacts/a b', "prefix: found 'a b'"],
    [`s3://artifacts/${'a'.repeat(401)}`, 'expected up to 400'],
    [
      's3://artifacts?endpoint=s3.example.com',
      "endpoint: found 's3.example.com', expected http://",
    ],
    ['s3://artifacts?endpoint=ftp://host', "endpoint: found 'ftp://host'"],
    ['s3://artifacts?region=eu central', "region: found 'eu central'"],
    ['s3://artifacts?region=', "region: found ''"],
    ['s3://artifacts?forcePathStyle=yes', "forcePathStyle: found 'yes', expected true or false"],
    ['s3://artifacts?region=a&region=b', "expected 'region' once"],
    ['s3://artifacts?regoin=a', "parameter 'regoin', expected endpoint, region, forcePathStyle"],
  ])('%s names none: %s', (url, why) => {
    expect(() => parseArtifactUrl(url)).toThrow(why);
    expect(() => parseArtifactUrl(url)).toThrow('The form is s3://<bucket>/<prefix>?endpoint=…');
  });

  it.each([
    's3://AKIAKEY:s3cret@artifacts/baton',
    's3://AKIAKEY:s3/c@ret@artifacts/baton',
    's3://s3cret@artifacts',
    's3://artifacts?secretAccessKey=s3cret&accessKeyId=AKIAKEY',
    's3://artifacts?endpoint=https://AKIAKEY:s3cret@host',
    's3://artifacts?endpoint=https://host/?key=s3cret',
    's3://artifacts#s3cret=s3cret',
  ])('%s has credentials: they are refused and not shown', (url) => {
    let message = '';
    try {
      parseArtifactUrl(url);
    } catch (reason) {
      message = (reason as Error).message;
    }
    expect(message).toMatch(/credentials/);
    for (const secret of ['AKIAKEY', '=s3cret', ':s3', 'c@ret']) {
      expect(message).not.toContain(secret);
      expect(describeArtifactUrl(url)).not.toContain(secret);
    }
  });

  it('is told with its endpoint', () => {
    expect(describeArtifactUrl('s3://artifacts/baton?region=eu-central-1')).toBe(
      's3://artifacts/baton',
    );
    const url = 's3://artifacts/baton?region=eu-central-1&endpoint=http://127.0.0.1:9000';
    expect(describeArtifactUrl(url)).toBe('s3://artifacts/baton?endpoint=http://127.0.0.1:9000');
  });
});
