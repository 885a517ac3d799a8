import type { ArtifactRef, RoleContext } from '@baton/core';
import type { RunCommandOptions } from './run-command.ts';

/** As much of a command's output as is kept beyond its run. */
const MOST_BYTES = 16 * 1024 * 1024;

/** How a command runs for an attempt: it ends with it, and its output is masked and kept as the attempt's texts are. */
export function forAttempt({
  signal,
  redact,
  artifact,
}: Pick<RoleContext, 'signal' | 'redact' | 'artifact'>): Pick<
  RunCommandOptions,
  'signal' | 'redact' | 'maxCombinedBytes'
> {
  return { signal, redact, maxCombinedBytes: artifact === undefined ? 0 : MOST_BYTES };
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
