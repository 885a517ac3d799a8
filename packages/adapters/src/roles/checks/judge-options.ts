import type { RoleContext, Workspace } from '@baton/core';
import type { Baseline } from './baseline.ts';
import type { GeneratedFiles } from './generated-files.ts';

/** Options of roles that judge by running commands. */
export interface JudgeOptions {
  /** Returns what the commands did before the build changed anything. Default: unknown. */
  readonly baseline?: ((workspace: Workspace) => Promise<Baseline | undefined>) | undefined;
  /** Whether failures that the baseline has may remain. Default false. */
  readonly toleratesKnownFailures?: boolean | undefined;
  /** The files that commands may change. Default: none; a verdict with changed files is refused. */
  readonly generated?: GeneratedFiles | undefined;
}

/** Reads the baseline of a build; undefined when there is none. */
export async function baselineOf(
  { baseline }: JudgeOptions,
  { workspace }: Pick<RoleContext, 'workspace'>,
): Promise<Baseline | undefined> {
  return workspace === undefined ? undefined : baseline?.(workspace);
}
