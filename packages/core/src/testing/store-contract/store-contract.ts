import { describe } from 'vitest';
import { ambiguousCommitContract } from './ambiguous-commits.ts';
import { claimDetailContract } from './claim-details.ts';
import { claimContract } from './claims.ts';
import { commitContract } from './commits.ts';
import { concurrencyContract } from './concurrency.ts';
import { creationListContract } from './creation-lists.ts';
import { fairListContract } from './fair-lists.ts';
import type { OpenHarness } from './harness.ts';
import { largeNumberContract } from './large-numbers.ts';
import { longTrailContract } from './long-trails.ts';
import { oddNameContract } from './odd-names.ts';
import { overdueContract } from './overdue.ts';
import { permitContract } from './permits.ts';
import { projectContract } from './projects.ts';
import { queueContract } from './queues.ts';
import { readContract } from './reads.ts';
import { refusalContract } from './refusals.ts';
import { restoreContract } from './restores.ts';
import { usageContract } from './usage.ts';

/**
 * The contract of a WorkflowStore as vitest tests: everything that Baton relies on.
 *
 * @param open opens a fresh, empty store for each test.
 */
export function describeStoreContract(name: string, open: OpenHarness): void {
  describe(`${name} keeps the store contract`, () => {
    commitContract(open);
    refusalContract(open);
    ambiguousCommitContract(open);
    claimContract(open);
    claimDetailContract(open);
    fairListContract(open);
    queueContract(open);
    permitContract(open);
    concurrencyContract(open);
    readContract(open);
    creationListContract(open);
    overdueContract(open);
    longTrailContract(open);
    largeNumberContract(open);
    oddNameContract(open);
    restoreContract(open);
    usageContract(open);
    projectContract(open);
  });
}
