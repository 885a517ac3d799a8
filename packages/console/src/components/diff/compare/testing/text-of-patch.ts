import { isOtherType } from '../combine-diffs.ts';
import type { FileChange, FileSide, Hunk, Patch } from '../patch.ts';

/** A change as `git apply` takes it, without the files whose lines it does not show. */
export function textOfPatch({ files }: Patch): string {
  return files
    .filter(({ hidden }) => hidden === undefined)
    .map(textOfFile)
    .join('');
}

function textOfFile({ before, after, hunks }: FileChange): string {
  if (isOtherType(before, after)) {
    const whole = (sign: '-' | '+') =>
      hunks
        .map((hunk) => ({ ...hunk, lines: hunk.lines.filter((line) => line.sign === sign) }))
        .filter(({ lines }) => lines.length > 0);
    return (
      textOfFile({ before, after: undefined, hunks: whole('-'), hidden: undefined }) +
      textOfFile({ before: undefined, after, hunks: whole('+'), hidden: undefined })
    );
  }
  const path = JSON.stringify((after ?? before)?.path).slice(1, -1);
  const was = JSON.stringify((before ?? after)?.path).slice(1, -1);
  const ids = `index ${idOf(before)}..${idOf(after)}`;
  const isMoved = before !== undefined && after !== undefined && was !== path;
  const head = [
    `diff --git "a/${was}" "b/${path}"`,
    before === undefined ? `new file mode ${after?.mode}` : '',
    after === undefined ? `deleted file mode ${before?.mode}` : '',
    ...(before && after && before.mode !== after.mode
      ? [`old mode ${before.mode}`, `new mode ${after.mode}`]
      : []),
    ...(isMoved ? [`rename from "${was}"`, `rename to "${path}"`] : []),
    ids,
    ...(hunks.length === 0
      ? []
      : [
          `--- ${before === undefined ? '/dev/null' : `"a/${was}"`}`,
          `+++ ${after === undefined ? '/dev/null' : `"b/${path}"`}`,
        ]),
  ];
  return `${head.filter((line) => line !== '').join('\n')}\n${hunks.map(textOfHunk).join('')}`;
}

const NONE = '0'.repeat(40);
const idOf = (side: FileSide | undefined) => side?.id ?? NONE;

function textOfHunk({ before, after, lines }: Hunk): string {
  const span = (start: number, without: '-' | '+') => {
    const count = lines.filter(({ sign }) => sign !== without).length;
    return `${count === 0 ? start : start + 1},${count}`;
  };
  const head = `@@ -${span(before, '+')} +${span(after, '-')} @@\n`;
  const body = lines.map(
    ({ sign, text }) =>
      sign + (text.endsWith('\n') ? text : `${text}\n\\ No newline at end of file\n`),
  );
  return head + body.join('');
}
