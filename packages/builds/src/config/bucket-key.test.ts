import { expect, it } from 'vitest';
import { configSchema } from './config-schema.ts';
import { createConfigRedactor } from './create-config-redactor.ts';

const KEY = { AWS_ACCESS_KEY_ID: 'AKIDTEST', AWS_SECRET_ACCESS_KEY: 'very-secret-aws-key' };
const NEEDED = {
  roles: {},
  commands: { test: { argv: ['x'] }, verify: [{ name: 'x', argv: ['x'] }] },
};
const S3 = { store: 's3://artifacts' };

it('of artifacts is masked, wherever the bucket is named', () => {
  const config = { secrets: [], models: {}, artifacts: configArtifacts({}) };
  expect(createConfigRedactor(config, KEY)('very-secret-aws-key')).toBe('very-secret-aws-key');
  const byConfig = { ...config, artifacts: configArtifacts(S3) };
  expect(createConfigRedactor(byConfig, KEY)('very-secret-aws-key')).toBe('[secret]');
  const env = { ...KEY, ARTIFACTS_URL: S3.store };
  expect(createConfigRedactor(config, env)('very-secret-aws-key')).toBe('[secret]');
});

it.each(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'])(
  'of artifacts is not for commands: %s',
  (variable) => {
    const given = { ...NEEDED, environment: ['LANG', variable] };
    const issuesOf = (artifacts: object) =>
      (configSchema.safeParse({ ...given, artifacts }).error?.issues ?? []).filter(
        ({ path }) => path[0] === 'environment',
      );
    expect(issuesOf({})).toEqual([]);
    expect(issuesOf(S3)).toMatchObject([
      { path: ['environment', 1], message: expect.stringContaining(`found ${variable}`) },
    ]);
  },
);

function configArtifacts(artifacts: object) {
  return configSchema.shape.artifacts.parse(artifacts);
}
