/** What to put behind commands that are shown, so that they find the build. */
export interface Whereabouts {
  /** For the operations. */
  readonly state: string;
  /** For what works on the files. */
  readonly files: string;
}

/** A word that a shell takes as it is. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
