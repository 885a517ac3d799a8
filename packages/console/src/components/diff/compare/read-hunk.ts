import type { Hunk, PatchLine } from './patch.ts';
import type { PatchText } from './patch-text.ts';

const HEAD = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/**
 * A hunk, by the counts of its head.
 *
 * @throws Error where the lines do not add up to them.
 */
export function readHunk(lines: PatchText): Hunk {
  const head = lines.next() ?? '';
  const [found, startBefore, countBefore = '1', startAfter, countAfter = '1'] =
    HEAD.exec(head) ?? [];
  if (found === undefined) throw lines.unexpected("the head of a hunk, '@@ -1,2 +1,3 @@'", head);
  const read: PatchLine[] = [];
  let before = Number(countBefore);
  let after = Number(countAfter);
  for (;;) {
    const sign = lines.peekSign();
    if (sign === '\\') {
      lines.next();
      endsWithout(read, lines);
      continue;
    }
    if (before === 0 && after === 0) break;
    if (sign !== ' ' && sign !== '-' && sign !== '+') {
      throw lines.unexpected(`${before} and ${after} more lines of a hunk`, lines.next());
    }
    if (sign !== '+') before--;
    if (sign !== '-') after--;
    if (before < 0 || after < 0) {
      throw lines.unexpected('as many lines as the head says', lines.next());
    }
    read.push({ sign, text: lines.nextBody() });
  }
  return {
    before: linesBefore(Number(startBefore), countBefore),
    after: linesBefore(Number(startAfter), countAfter),
    lines: read,
  };
}

/** Git counts from 1, and names the line before an empty side. */
function linesBefore(start: number, count: string): number {
  return Number(count) === 0 ? start : start - 1;
}

/** Takes the newline from the last line. */
function endsWithout(read: PatchLine[], lines: PatchText): void {
  const last = read.pop();
  if (last === undefined) throw lines.unexpected('a line that ends without a newline', undefined);
  read.push({ ...last, text: last.text.slice(0, -1) });
}
