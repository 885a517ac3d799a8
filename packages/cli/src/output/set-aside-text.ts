import type { SetAside } from '@baton/adapters/workspace';
import { plain } from '@baton/builds/internal';

/** What became of a worktree that was in the way, for people. */
export function setAsideText({ folder, problems: [first = ''] }: SetAside): string {
  return `what could not be removed is set aside in ${folder}, and baton prune removes it once that is permitted: ${plain(first)}`;
}
