import type { Environment } from '../../git/environment.ts';
import type { Git } from '../../git/git.ts';
import type { BuildSettings } from '../../git/git-settings.ts';
import type { Repository } from '../../git/repository.ts';
import type { TreeEntries } from '../../git/tree-entries.ts';
import type { WithPrivateGit } from '../private-git.ts';

/** What the examinations of a repository look at. */
export interface Examined {
  readonly git: Git;
  readonly withGit: WithPrivateGit;
  readonly env: Environment;
  readonly repository: Repository;
  readonly settings: BuildSettings;
  /** The commit that builds begin at. */
  readonly head: string;
  /** Its files. */
  readonly entries: TreeEntries;
  /** An empty folder for the time of the examination. */
  readonly scratch: string;
}
