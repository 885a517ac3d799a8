import { diffArrays } from 'diff';
import { deletionsFirst, type Hunk, type PatchLine } from './patch.ts';

/** Equal lines that git shows around a change. */
const CONTEXT = 3;
/** Changed lines up to which the shortest change is looked for: the time that it takes grows with their square. */
const MOST_EDITS = 1_000;

/** Says that two diffs do not meet in the same file. */
export class Mismatch extends Error {}

/**
 * The change of one file from A to C, given those from A to B and from B to C. Within the union of their hunks all
 * three are known, and outside of it all three are the same.
 *
 * @param isReplaced every line goes, and every line comes: a file that becomes a link is another file.
 * @throws Mismatch when the two do not agree on a line of B.
 */
export function combineHunks(
  first: readonly Hunk[],
  second: readonly Hunk[],
  isReplaced: boolean,
): readonly Hunk[] {
  const combined: Hunk[] = [];
  /** Lines that B has more than A, and C more than B, by the hunks that are done with. */
  let firstShift = 0;
  let secondShift = 0;
  let i = 0;
  let j = 0;
  for (;;) {
    const start = Math.min(first[i]?.after ?? END, second[j]?.before ?? END);
    if (start === END) return combined;
    // Hunks that overlap or touch in B are one region of it.
    let end = start;
    const firsts: Hunk[] = [];
    const seconds: Hunk[] = [];
    for (;;) {
      const one = first[i];
      const other = second[j];
      if (one !== undefined && one.after <= end) {
        end = Math.max(end, one.after + countOf(one, '-'));
        firsts.push(one);
        i++;
      } else if (other !== undefined && other.before <= end) {
        end = Math.max(end, other.before + countOf(other, '+'));
        seconds.push(other);
        j++;
      } else break;
    }
    const both = composed(
      linesOf(firsts, ({ after }) => after, '-', [start, end]),
      linesOf(seconds, ({ before }) => before, '+', [start, end]),
      start,
    );
    const lines = isReplaced ? replaced(both) : shortest(both);
    for (const hunk of cut(lines, start - firstShift, start + secondShift)) combined.push(hunk);
    firstShift += shiftOf(firsts);
    secondShift += shiftOf(seconds);
  }
}

const END = Number.POSITIVE_INFINITY;

/** Lines of a hunk on one side. @param without the sign of the other side. */
function countOf({ lines }: Hunk, without: '-' | '+'): number {
  let count = 0;
  for (const { sign } of lines) if (sign !== without) count++;
  return count;
}

function shiftOf(hunks: readonly Hunk[]): number {
  return hunks.reduce((sum, hunk) => sum + countOf(hunk, '-') - countOf(hunk, '+'), 0);
}

/** A line of B that a hunk does not have: the same on both sides of its diff. */
const UNCHANGED = undefined;

/** What a diff does to the lines of a region of B, with a place for each of them. */
function linesOf(
  hunks: readonly Hunk[],
  startOf: (hunk: Hunk) => number,
  elsewhere: '-' | '+',
  [start, end]: readonly [number, number],
): readonly (PatchLine | typeof UNCHANGED)[] {
  const lines: (PatchLine | typeof UNCHANGED)[] = [];
  let at = start;
  for (const hunk of hunks) {
    for (; at < startOf(hunk); at++) lines.push(UNCHANGED);
    for (const line of hunk.lines) lines.push(line);
    at += countOf(hunk, elsewhere);
  }
  for (; at < end; at++) lines.push(UNCHANGED);
  return lines;
}

/** Both changes as one, line of B by line of B. */
function composed(
  first: readonly (PatchLine | typeof UNCHANGED)[],
  second: readonly (PatchLine | typeof UNCHANGED)[],
  start: number,
): readonly PatchLine[] {
  const lines: PatchLine[] = [];
  let at = start;
  let i = 0;
  let j = 0;
  while (i < first.length || j < second.length) {
    const one = first[i];
    const other = second[j];
    if (one?.sign === '-') {
      lines.push(one);
      i++;
    } else if (other?.sign === '+') {
      lines.push(other);
      j++;
    } else {
      const text = (one ?? other)?.text ?? '';
      if (one !== undefined && other !== undefined && one.text !== other.text) {
        throw new Mismatch(
          `line ${at + 1} is ${JSON.stringify(one.text)} in one and ${JSON.stringify(other.text)} in the other`,
        );
      }
      const cameIn = one?.sign === '+';
      const goes = other?.sign === '-';
      if (!cameIn || !goes) lines.push({ sign: cameIn ? '+' : goes ? '-' : ' ', text });
      at++;
      i++;
      j++;
    }
  }
  return lines;
}

function replaced(lines: readonly PatchLine[]): readonly PatchLine[] {
  const side = (sign: '-' | '+', without: '-' | '+') =>
    lines.filter((line) => line.sign !== without).map(({ text }): PatchLine => ({ sign, text }));
  return [...side('-', '+'), ...side('+', '-')];
}

/** The same change in the fewest lines, where they can be found soon enough. */
function shortest(lines: readonly PatchLine[]): readonly PatchLine[] {
  const added = lines.reduce((sum, { sign }) => sum + (sign === '+' ? 1 : 0), 0);
  const removed = lines.reduce((sum, { sign }) => sum + (sign === '-' ? 1 : 0), 0);
  // Lines that only go, or only come, cannot be fewer.
  if (added === 0 || removed === 0) return lines;
  const side = (without: '-' | '+') =>
    lines.filter(({ sign }) => sign !== without).map(({ text }) => text);
  const [before, after] = [side('+'), side('-')];
  // What is equal at both ends stays so: a hunk keeps its context, without which git takes it for the end of a file.
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const middle = (all: readonly string[]) => all.slice(head, all.length - tail);
  const maxEditLength = Math.min(added + removed, MOST_EDITS);
  const parts = diffArrays(middle(before), middle(after), { maxEditLength });
  if (parts === undefined) return deletionsFirst(lines);
  const equal = (text: string): PatchLine => ({ sign: ' ', text });
  const changed = parts.flatMap(({ value, added: isNew, removed: isGone }) =>
    value.map((text): PatchLine => ({ sign: isNew ? '+' : isGone ? '-' : ' ', text })),
  );
  return [
    ...before.slice(0, head).map(equal),
    ...deletionsFirst(changed),
    ...before.slice(before.length - tail).map(equal),
  ];
}

/** The hunks of a region, with no more equal lines around changes than git shows. */
function cut(lines: readonly PatchLine[], before: number, after: number): readonly Hunk[] {
  const hunks: Hunk[] = [];
  let open: { from: number; to: number; before: number; after: number } | undefined;
  const close = () => {
    if (open === undefined) return;
    const from = Math.max(0, open.from - CONTEXT);
    const lead = open.from - from;
    hunks.push({
      ...{ before: open.before - lead, after: open.after - lead },
      lines: lines.slice(from, open.to + 1 + CONTEXT),
    });
  };
  let lineBefore = before;
  let lineAfter = after;
  for (const [at, { sign }] of lines.entries()) {
    if (sign !== ' ') {
      if (open !== undefined && at - open.to <= 2 * CONTEXT + 1) open.to = at;
      else {
        close();
        open = { from: at, to: at, before: lineBefore, after: lineAfter };
      }
    }
    if (sign !== '+') lineBefore++;
    if (sign !== '-') lineAfter++;
  }
  close();
  return hunks;
}
