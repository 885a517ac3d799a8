import type { ProposedCommand } from './toolchain.ts';

const REPORTS = '{reports}';
const PLAIN = /^[\w@%+=:,./-]+$/;

/** Begins a word that a shell has to expand, such as `test/*.js`. */
const EXPANDED = '\0';

/** A word with `*` and the like, as it stands in a line for a shell. */
export function pattern(word: string): string {
  return `${EXPANDED}${word}`;
}

/** Words as people read them. */
export function shown(words: readonly string[]): string {
  return words.map((word) => word.replace(EXPANDED, '')).join(' ');
}

/** Whether words are a command only for a shell. */
export function needsShell(words: readonly string[]): boolean {
  return words.some((word) => word.startsWith(EXPANDED));
}

/** A word of a repository's own, in which `{word}` is no placeholder of Baton's. */
export function literal(word: string): string {
  return word.replace(/\{([a-z]+)\}/gi, '{{$1}}');
}

/** Words as a line for `sh`, in which `$0` is the folder for reports. */
export function line(words: readonly string[]): string {
  return words.map((word) => word.split(REPORTS).map(quoted).join('"$0"')).join(' ');
}

function quoted(text: string): string {
  if (text.startsWith(EXPANDED)) return text.slice(1).replace(/[^\w*?[\]@%+=:,./{}!-]/g, '\\$&');
  if (text === '' || PLAIN.test(text)) return text;
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A command that needs a shell: `$0` is the folder for its reports. */
export function shell(script: string): ProposedCommand {
  return { argv: ['sh', '-c', script, REPORTS] };
}

/** One command after the other, as long as none fails. */
export function inTurn(commands: readonly (readonly string[])[]): ProposedCommand | undefined {
  const [first, ...more] = commands;
  if (first === undefined) return undefined;
  if (more.length === 0 && !needsShell(first)) return { argv: first };
  return { argv: ['sh', '-c', commands.map(line).join(' && ')] };
}
