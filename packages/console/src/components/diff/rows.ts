export type DiffRow =
  | { readonly kind: 'file'; readonly file: DiffFile }
  | { readonly kind: 'hunk'; readonly text: string }
  | {
      readonly kind: 'line';
      readonly change: 'insert' | 'delete' | 'normal';
      readonly before: number | undefined;
      readonly after: number | undefined;
      readonly text: string;
    }
  | { readonly kind: 'note'; readonly text: string };

export interface DiffFile {
  readonly path: string;
  /** Its path before, where it was another one. */
  readonly was: string | undefined;
  readonly change: 'added' | 'deleted' | 'renamed' | 'changed';
  readonly added: number;
  readonly removed: number;
  /** The place of its header among the rows. */
  readonly row: number;
}

export interface ReadDiff {
  readonly files: readonly DiffFile[];
  readonly rows: readonly DiffRow[];
  /** Characters of the longest line. */
  readonly width: number;
  /** Whether all of it has been read. */
  readonly isWhole: boolean;
}
