import { describe } from 'vitest';
import { claimContract } from './claims.ts';
import { commitContract } from './commits.ts';
import type { OpenHarness } from './harness.ts';
import { readContract } from './reads.ts';
import { restoreContract } from './restores.ts';

/**
 * The contract of a WorkflowStore as vitest tests: everything that Baton relies on.
 *
 * @param open opens a fresh, empty store for each test.
 */
export function describeStoreContract(name: string, open: OpenHarness): void {
  describe(`${name} keeps the store contract`, () => {
    commitContract(open);
    claimContract(open);
    readContract(open);
    restoreContract(open);
  });
}
