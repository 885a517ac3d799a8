/** Something about a repository that builds treat in a way of its own. */
export interface RepositoryFeature {
  /** Such as `submodules` or `git-lfs`. */
  readonly name: string;
  /** `ok`: it works; `warning`: it works, and may surprise; `problem`: builds would go wrong. */
  readonly verdict: 'ok' | 'warning' | 'problem';
  /** What is there, for people. */
  readonly found: string;
  /** What to do about it; absent where it is `ok`. */
  readonly advice?: string;
}

/** `3 files, such as a.psd`. */
export function counted(what: string, names: readonly string[]): string {
  const [first = ''] = names;
  return names.length === 1 ? `1 ${what}, ${first}` : `${names.length} ${what}s, such as ${first}`;
}
