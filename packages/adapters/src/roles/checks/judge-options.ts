import type { RoleContext, Workspace } from '@baton/core';
import type { Baseline } from './baseline.ts';
import type { GeneratedFiles } from './generated-files.ts';

/** What those who judge by running commands know of them from before the build. */
export interface JudgeOptions {
  /** What the commands did before the build changed anything. Default: not known. */
  readonly baseline?: ((workspace: Workspace) => Promise<Baseline | undefined>) | undefined;
  /** Whether what failed then may still fail, in the same way. Default false. */
  readonly toleratesKnownFailures?: boolean | undefined;
  /** Which files their commands may change. Default: none, so that a verdict with changes is refused. */
  readonly generated?: GeneratedFiles | undefined;
}

/** The baseline of a build; undefined where none is known. */
export async function baselineOf(
  { baseline }: JudgeOptions,
  { workspace }: Pick<RoleContext, 'workspace'>,
): Promise<Baseline | undefined> {
  return workspace === undefined ? undefined : baseline?.(workspace);
}
