import { type Assignment, BatonError, type Evidence, type RoleContext } from '@baton/core';
import { BASELINE } from './baseline.ts';

/**
 * Refuses to act on verdicts about other files than those in the workspace. The engine would refuse the
 * output as well, but only after the role has acted.
 *
 * @throws BatonError `gate_not_passed`, not retryable, with both digests.
 */
export async function refuseStaleVerdicts(
  { inputs }: Assignment,
  { workspace }: RoleContext,
): Promise<void> {
  const digest = await workspace?.digest();
  if (digest === undefined) return;
  for (const [phase, output] of Object.entries(inputs)) {
    const evidence = (output['evidence'] ?? []) as unknown as readonly Evidence[];
    const stale = evidence.find(
      ({ purpose, workspaceDigest }) => !isBaseline(purpose) && workspaceDigest !== digest,
    );
    if (stale === undefined) continue;
    const spokeOf = stale.workspaceDigest ?? '(none)';
    throw new BatonError(
      'gate_not_passed',
      `the verdict of '${phase}' is stale: it is about workspace ${spokeOf}, this is ${digest}`,
      { metadata: { phase, expected: digest, found: spokeOf } },
    );
  }
}

/** Evidence of the baseline covers the files before the build, which differ by design. */
function isBaseline(purpose: string): boolean {
  return purpose.startsWith(`${BASELINE}: `);
}
