import { basename, extname } from 'node:path/posix';

/** Extensions of a language and of what compiles to it: a tool that covers one covers the others. */
const KINDS: readonly (readonly string[])[] = [
  ['.js', '.mjs', '.cjs', '.jsx', '.ts', '.mts', '.cts', '.tsx', '.vue', '.svelte', '.coffee'],
  ['.py', '.pyx', '.pyw'],
  ['.java', '.kt', '.kts', '.scala', '.groovy'],
  ['.c', '.cc', '.cpp', '.cxx', '.h', '.hh', '.hpp', '.hxx', '.m', '.mm'],
  ['.cs', '.fs', '.vb'],
  ['.rb', '.rake'],
];

/** TypeScript declarations, which contain nothing to run. */
const DECLARATION = /\.d\.(?:[^./]+\.)?[cm]?ts$/;

const HASH_COMMENTS: ReadonlySet<string> = new Set([
  ...['.py', '.pyx', '.pyw', '.rb', '.rake', '.php', '.pl', '.pm', '.r', '.ex', '.exs', '.jl'],
  ...['.sh', '.bash', '.coffee', '.nim', '.ps1', '.tcl'],
]);
const DASH_COMMENTS: ReadonlySet<string> = new Set(['.lua', '.sql', '.hs', '.elm', '.adb', '.ads']);

const BLANK = /^\s*[{}()[\];,]*\s*$/;
/** A line that holds only a comment. */
const COMMENT = /^\s*(?:\/\/|(?!.*(?:\*\/|-->)\s*\S)(?:\/\*|\*(?:[\s/]|$)|<!--))/;

/**
 * The kind of a source file, equal for files that one tool covers; undefined for files with nothing to run.
 */
export function sourceKind(path: string): string | undefined {
  if (DECLARATION.test(basename(path))) return undefined;
  const ending = extname(path);
  return KINDS.find((kind) => kind.includes(ending))?.[0] ?? ending;
}

/** Whether a line is neither blank, nor brackets, nor a comment, as far as a single line tells. */
export function isCode(line: string, path: string): boolean {
  if (BLANK.test(line) || COMMENT.test(line)) return false;
  const ending = extname(path);
  if (HASH_COMMENTS.has(ending)) return !/^\s*#/.test(line);
  return !(DASH_COMMENTS.has(ending) && /^\s*--/.test(line));
}
