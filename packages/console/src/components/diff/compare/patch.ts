/** A line of a hunk. Its text ends in `\n`, except for the last line of a file that ends without one. */
export interface PatchLine {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

/** Lines of a file on both sides of a change. Lines outside of the hunks are the same on both sides. */
export interface Hunk {
  /** Lines before it, on the side before. */
  readonly before: number;
  /** Lines before it, on the side after. */
  readonly after: number;
  readonly lines: readonly PatchLine[];
}

/** A file on one side of a change. */
export interface FileSide {
  readonly path: string;
  /** Of git, such as `100644`; undefined where the diff does not say. */
  readonly mode: string | undefined;
  /** Git's id of its content, perhaps shortened; undefined where the diff does not say. */
  readonly id: string | undefined;
  /** Whether the file is there on this side; unknown where the diff names it and no more. */
  readonly isThere: true | 'unknown';
}

/** How one file changes; undefined: it is not there on that side. */
export interface FileChange {
  readonly before: FileSide | undefined;
  readonly after: FileSide | undefined;
  readonly hunks: readonly Hunk[];
  /** Why its lines cannot be shown; undefined: the hunks are all that changes in them. */
  readonly hidden: string | undefined;
}

/** The change from one tree to another. */
export interface Patch {
  readonly files: readonly FileChange[];
  /** Changed files that it only counts. */
  readonly unnamed: number;
}

/** What git writes into a diff for the side on which a file has no content. */
export const NO_ID = /^0+$/;

export function pathOf({ before, after }: FileChange): string {
  return (after ?? before)?.path ?? '';
}

/** The sides of a file whose existence is unknown. */
export function unknownSide(path: string): FileSide {
  return { path, mode: undefined, id: undefined, isThere: 'unknown' };
}

/** The change back. */
export function inverseOf({ files, unnamed }: Patch): Patch {
  return { unnamed, files: files.map(inverseOfFile) };
}

const INVERSE = { ' ': ' ', '-': '+', '+': '-' } as const;

function inverseOfFile({ before, after, hunks, hidden }: FileChange): FileChange {
  return {
    ...{ before: after, after: before, hidden },
    hunks: hunks.map((hunk) => ({
      ...{ before: hunk.after, after: hunk.before },
      lines: deletionsFirst(hunk.lines.map(({ sign, text }) => ({ sign: INVERSE[sign], text }))),
    })),
  };
}

/** The same change, with the lines that go before those that come, as git writes them. */
export function deletionsFirst(lines: readonly PatchLine[]): readonly PatchLine[] {
  const sorted: PatchLine[] = [];
  let added: PatchLine[] = [];
  for (const line of lines) {
    if (line.sign === '+') {
      added.push(line);
      continue;
    }
    if (line.sign === ' ') {
      for (const one of added) sorted.push(one);
      added = [];
    }
    sorted.push(line);
  }
  for (const one of added) sorted.push(one);
  return sorted;
}
