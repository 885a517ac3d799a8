import type { ArtifactRef, RoleContext } from '@baton/core';

/** As much of a command's output as is kept beyond its run. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Bytes of its output that a command's run has to hold for {@link keepOutput}. */
export function keptBytes({ artifact }: Pick<RoleContext, 'artifact'>): number {
  return artifact === undefined ? 0 : MOST_BYTES;
}

/** Keeps what a command wrote, where anything is kept. */
export async function keepOutput(
  { artifact }: Pick<RoleContext, 'artifact'>,
  name: string,
  output: string,
  treeDigest: string | undefined,
): Promise<ArtifactRef | undefined> {
  return artifact?.(
    { kind: 'output', name, ...(treeDigest !== undefined && { treeDigest }) },
    output,
  );
}
