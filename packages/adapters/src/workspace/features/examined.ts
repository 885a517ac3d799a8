import type { Environment } from '../environment.ts';
import type { Git } from '../git.ts';
import type { BuildSettings } from '../git-settings.ts';
import type { WithPrivateGit } from '../private-git.ts';
import type { Repository } from '../repository.ts';
import type { TreeEntries } from '../tree-entries.ts';

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
