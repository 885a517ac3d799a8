import { unquoted } from './compare/git-path.ts';

/*
 * The lines by which Baton's diffs name what they do not show. They are in square brackets, as `patchOf` of the
 * runner's workspace writes them, and stand behind the diff of git. No line of git's begins with a bracket.
 */

/** A changed file that is not shown, and why; or how many files are not even named. */
export type LeftOut =
  | { readonly kind: 'file'; readonly path: string; readonly why: string }
  | { readonly kind: 'more'; readonly files: number };

// Only `\n` ends a line: paths may hold any other kind of break.
const FILE = /^\[(.*): changed, and left out, for (it .*)\]$/s;
const MORE = /^\[(\d+) more changed files\]$/;

/** Undefined for a line that says nothing of the kind. */
export function readLeftOut(line: string): LeftOut | undefined {
  const [, path, why] = FILE.exec(line) ?? [];
  if (path !== undefined && why !== undefined) {
    return { kind: 'file', path: unquoted(path), why };
  }
  const [, files] = MORE.exec(line) ?? [];
  return files === undefined ? undefined : { kind: 'more', files: Number(files) };
}

/** Whether a line of a diff is none of git's. */
export function isBracketed(line: string): boolean {
  return line.startsWith('[');
}

/** The diff of git, and the lines behind it. */
export function splitLeftOut(text: string): readonly [string, ...string[]] {
  const at = isBracketed(text) ? 0 : text.indexOf('\n[') + 1;
  if (at === 0 && !isBracketed(text)) return [text];
  return [text.slice(0, at), ...text.slice(at).replace(/\n$/, '').split('\n')];
}
