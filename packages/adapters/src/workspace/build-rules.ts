import type { BuildSettings } from '../git/git-settings.ts';
import type { TreeEntries } from '../git/tree-entries.ts';

/** What does not change while a build goes on. */
export interface BuildRules {
  /** The commit that it began at. */
  readonly start: string;
  readonly ignoreRules: Buffer;
  /** Submodules of that commit, and the commits that it names. */
  readonly pointers: TreeEntries;
  readonly settings: BuildSettings;
  /** Digest of the settings as they were read. */
  readonly settingsDigest: string;
}
