import type { BuildSettings } from '../git/git-settings.ts';
import type { TreeEntries } from '../git/tree-entries.ts';

/** What stays the same during a build. */
export interface BuildRules {
  /** The commit that the build started from. */
  readonly start: string;
  readonly ignoreRules: Buffer;
  /** Submodules of that commit, with the commits that it names. */
  readonly pointers: TreeEntries;
  readonly settings: BuildSettings;
  /** Digest of the settings when they were read. */
  readonly settingsDigest: string;
}
