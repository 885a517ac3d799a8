import { expect, it } from 'vitest';
import { artifactsSchema } from './artifacts-schema.ts';

it('keeps artifacts here, for as long as the rest of a build, unless it is told otherwise', () => {
  expect(artifactsSchema.parse({})).toEqual({
    maxArtifactBytes: 16 * 1024 * 1024,
    maxBuildBytes: 512 * 1024 * 1024,
    retention: { days: 'off', maxBytes: 'off' },
  });
});

it.each([
  ['no URL', { store: 'here' }, 'expected folder:<path>'],
  ['a password', { store: 'postgres://ada:s3cret@db/x' }, 'found a password'],
  ['keys of a bucket', { store: 's3://AKIA:s3cret@artifacts' }, 'credentials come from AWS_ACCESS'],
  ['a bucket that is none', { store: 's3://A' }, "bucket: found 'A'"],
  ['too little room', { maxArtifactBytes: 1 }, '1024'],
  ['no days', { retention: { days: -1 } }, 'expected'],
])('refuses %s', (_, given, message) => {
  const { error } = artifactsSchema.safeParse(given);
  expect(String(error)).toContain(message);
  expect(String(error)).not.toContain('s3cret');
});

it.each([
  ['a database without a password', 'postgres://ada@db/x?sslmode=require'],
  ['a bucket', 's3://artifacts/baton?endpoint=https://s3.example.com&region=eu-central-1'],
])('takes %s', (_, store) => {
  expect(artifactsSchema.parse({ store }).store).toBe(store);
});
