import type { Environment } from '../../git/environment.ts';
import type { Git } from '../../git/git.ts';
import type { BuildSettings } from '../../git/git-settings.ts';
import type { Repository } from '../../git/repository.ts';
import type { TreeEntries } from '../../git/tree-entries.ts';
import type { WithPrivateGit } from '../private-git.ts';

/** A feature of a repository that builds treat specially. */
export interface RepositoryFeature {
  /** Such as `submodules` or `git-lfs`. */
  readonly name: string;
  /** `ok`: it works; `warning`: it works, with possible surprises; `problem`: builds would fail. */
  readonly verdict: 'ok' | 'warning' | 'problem';
  /** What was found, for people. */
  readonly found: string;
  /** What to do about it; absent for `ok`. */
  readonly advice?: string;
}

/** Formats a count with an example: `3 files, such as a.psd`. */
export function counted(what: string, names: readonly string[]): string {
  const [first = ''] = names;
  return names.length === 1 ? `1 ${what}, ${first}` : `${names.length} ${what}s, such as ${first}`;
}

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
