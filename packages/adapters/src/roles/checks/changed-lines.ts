import { readFile } from 'node:fs/promises';
import type { Workspace } from '@baton/core';
import { type ChangeObject, diffArrays } from 'diff';
import { isCode } from './file-kinds.ts';

/** Lines of a file that a build added or changed. Numbers begin at 1. */
interface Changed {
  readonly lines: readonly number[];
  /** Lines that are neither blank, nor brackets, nor a comment, as far as a single line tells. */
  readonly code: readonly number[];
  /** Lines that exclude code from a coverage report. */
  readonly markers: readonly number[];
}

/** The text of a file now and before; undefined where the file does not exist. */
interface FileTexts {
  readonly path: string;
  readonly now: string | undefined;
  readonly before: string | undefined;
}

/** Changed lines by the path of the file. */
export type ChangedLines = ReadonlyMap<string, Changed>;

/** Edits that a diff may take; beyond them, all lines of the file count as changed. */
const MAX_EDITS = 2000;

/** Share of a deleted file's lines above which a new file counts as moved. */
const LEAST_KEPT = 0.5;

/**
 * The lines that the build added or changed since its start. Deleted files have none, nor do links that lead
 * out. A new file that has more than half of its lines from a deleted file was moved: those lines are not
 * new. In a source with a byte that text does not contain, all lines count, so such a byte cannot hide any.
 */
export async function changedLinesOf(
  workspace: Pick<Workspace, 'changedFiles' | 'resolve' | 'fileAt'>,
): Promise<ChangedLines> {
  const found = new Map<string, Changed>();
  const files: FileTexts[] = [];
  for (const path of await workspace.changedFiles('start')) {
    const now = textOf(await readPlain(workspace, path));
    files.push({ path, now, before: textOf(await bytesAtStart(workspace, path)) });
  }
  const gone = new Set(
    files.flatMap(({ now, before }) => (now === undefined && before !== undefined ? [before] : [])),
  );
  for (const { path, now, before } of files) {
    if (now === undefined) continue;
    const lines =
      before === undefined ? await linesUnlike(gone, now) : await addedLines(before, now);
    const texts = now.split('\n');
    const code = lines.filter((line) => isCode(texts[line - 1] ?? '', path));
    const markers = lines.filter((line) => isCoverageMarker(texts[line - 1] ?? ''));
    found.set(path, { lines, code, markers });
  }
  return found;
}

async function bytesAtStart(
  workspace: Pick<Workspace, 'fileAt'>,
  path: string,
): Promise<Uint8Array | undefined> {
  const found = await workspace.fileAt(path, 'start');
  return found?.isLink ? undefined : found?.bytes;
}

/** Numbers of the lines of `now` that `before` does not have. Line endings do not matter. */
export async function addedLines(before: string, now: string): Promise<readonly number[]> {
  const old = linesOf(before);
  const current = linesOf(now);
  // Lines that occur in one text only cannot be common lines.
  const [inOld, inCurrent] = [new Set(old), new Set(current)];
  const lines = current.map((text, index) => ({ text, number: index + 1 }));
  const candidates = lines.filter(({ text }) => inOld.has(text));
  const kept = await keptOf(
    old.filter((text) => inCurrent.has(text)),
    candidates.map(({ text }) => text),
  );
  const unchanged = new Set(candidates.filter((_, index) => kept.has(index)));
  return lines.filter((line) => !unchanged.has(line)).map(({ number }) => number);
}

/** Indexes of the lines that both texts have, in their order. */
async function keptOf(old: string[], current: string[]): Promise<ReadonlySet<number>> {
  const parts = await new Promise<ChangeObject<string[]>[] | undefined>((callback) => {
    // With a callback, the diff runs in steps and does not block the event loop.
    diffArrays(old, current, { maxEditLength: MAX_EDITS, callback });
  });
  const kept = new Set<number>();
  let next = 0;
  for (const { added, removed, count } of parts ?? []) {
    for (let index = next; !added && !removed && index < next + count; index++) kept.add(index);
    if (!removed) next += count;
  }
  return kept;
}

/** Reads a file; undefined when it is missing or no regular file. */
async function readPlain(
  workspace: Pick<Workspace, 'resolve'>,
  path: string,
): Promise<Uint8Array | undefined> {
  try {
    return await readFile(await workspace.resolve(path));
  } catch (reason) {
    const { code } = reason as { readonly code?: string };
    // The path is deleted, a folder, a submodule or a link that leads out.
    if (['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP', 'invalid_input'].includes(code ?? '')) {
      return undefined;
    }
    throw reason;
  }
}

/**
 * Lines of a new file, without those of the deleted file that it was moved from, if any. That file is then
 * removed from `gone`, because it cannot have moved to two places.
 */
async function linesUnlike(gone: Set<string>, now: string): Promise<readonly number[]> {
  const all = linesOf(now);
  const most = all.length * (1 - LEAST_KEPT);
  let least: { readonly from?: string; readonly lines: readonly number[] } = {
    lines: all.map((_, index) => index + 1),
  };
  for (const from of gone) {
    const old = new Set(linesOf(from));
    // Compares sets first, which is cheaper than comparing the order.
    if (all.filter((text) => !old.has(text)).length >= most) continue;
    const lines = await addedLines(from, now);
    if (lines.length < most && lines.length < least.lines.length) least = { from, lines };
  }
  if (least.from !== undefined) gone.delete(least.from);
  return least.lines;
}

function textOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes && new TextDecoder().decode(bytes);
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Comments and attributes that exclude code from coverage reports. */
const MARKERS: readonly RegExp[] = [
  /\b(?:c8|v8|istanbul) ignore\b|\bnode:coverage (?:ignore|disable)\b/,
  /\bpragma:?\s*no\s*(?:cover|branch)\b/i,
  /\b(?:LCOV|GCOVR?|GRCOV)_EXCL|\bcoverage:ignore/,
  /:nocov:|@codeCoverageIgnore|\bExcludeFromCodeCoverage\b|\bcoverage\(off\)|\btarpaulin\b/,
];

/** Whether a line excludes code from a coverage report. */
export function isCoverageMarker(line: string): boolean {
  return MARKERS.some((marker) => marker.test(line));
}
