import type { ArtifactRef, RoleArtifact, RoleContext } from '@baton/core';
import type { Output } from './collect-output.ts';
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
  return { signal, redact, maxCombinedBytes: combinedBytesOf(artifact) };
}

export interface OutputKept {
  /** Options of the command's run: what is written before it is cut off is kept as well. */
  readonly options: Required<Pick<RunCommandOptions, 'maxCombinedBytes' | 'onCutOff'>>;
  /** Keeps what a command wrote that has a result. */
  keep(written: Pick<Output, 'combined'>): Promise<ArtifactRef | undefined>;
}

/** Keeps what a command writes, however it ends, where anything is kept. */
export function keepOutput(
  { artifact }: Pick<RoleContext, 'artifact'>,
  kept: Omit<RoleArtifact, 'treeDigest'>,
  treeDigest?: string | undefined,
): OutputKept {
  const given = { ...kept, ...(treeDigest !== undefined && { treeDigest }) };
  const keep = async ({ combined }: Pick<Output, 'combined'>) => artifact?.(given, combined);
  return { keep, options: { maxCombinedBytes: combinedBytesOf(artifact), onCutOff: keep } };
}

function combinedBytesOf(artifact: RoleContext['artifact']): number {
  return artifact === undefined ? 0 : MOST_BYTES;
}
