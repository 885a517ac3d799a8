import { describe } from 'vitest';
import { artifactContentContract } from './content.ts';
import type { OpenArtifactHarness } from './harness.ts';
import { artifactListContract } from './lists.ts';
import { artifactRetentionContract } from './retention.ts';

/**
 * The contract of an ArtifactStore as vitest tests: everything that Baton relies on.
 *
 * @param open opens a fresh, empty store for each test.
 */
export function describeArtifactContract(name: string, open: OpenArtifactHarness): void {
  describe(`${name} keeps the artifact contract`, () => {
    artifactContentContract(open);
    artifactListContract(open);
    artifactRetentionContract(open);
  });
}
