import type { Environment } from '../../git/environment.ts';
import type { Git } from '../../git/git.ts';
import type { BuildSettings } from '../../git/git-settings.ts';
import type { Repository } from '../../git/repository.ts';
import type { TreeEntries } from '../../git/tree-entries.ts';
import type { WithPrivateGit } from '../private-git.ts';

/** The input of the examinations. */
export interface Examined {
  readonly git: Git;
  readonly withGit: WithPrivateGit;
  readonly env: Environment;
  readonly repository: Repository;
  readonly settings: BuildSettings;
  /** The commit that builds start from. */
  readonly head: string;
  /** The files of `head`. */
  readonly entries: TreeEntries;
  /** An empty folder that is removed after the examination. */
  readonly scratch: string;
}
