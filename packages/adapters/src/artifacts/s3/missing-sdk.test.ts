import { expect, it, vi } from 'vitest';
import { openArtifactStore } from '../open/open-artifact-store.ts';

vi.mock('@aws-sdk/client-s3', () => {
  throw new Error("Cannot find package '@aws-sdk/client-s3'");
});

it('names the package to install where the SDK is missing', async () => {
  await expect(openArtifactStore('s3://artifacts')).rejects.toMatchObject({
    code: 'invalid_input',
    message:
      "artifacts in a bucket need the package '@aws-sdk/client-s3': npm install @aws-sdk/client-s3",
  });
});
