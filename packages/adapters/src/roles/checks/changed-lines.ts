import { readFile } from 'node:fs/promises';
import type { Workspace } from '@baton/core';
import { type ChangeObject, diffArrays } from 'diff';
import { isCoverageMarker } from './coverage-marker.ts';
import { isCode } from './source-kind.ts';

/** Lines of a file that a build added or changed. Numbers begin at 1. */
interface Changed {
  readonly lines: readonly number[];
  /** Those that are neither blank, nor brackets, nor a comment, as far as a line can tell alone. */
  readonly code: readonly number[];
  /** Those that take code out of a coverage report. */
  readonly markers: readonly number[];
}

/** What a file is and was; absent: it is not there, or was not. */
interface FileTexts {
  readonly path: string;
  readonly now: string | undefined;
  readonly before: string | undefined;
}

/** By the path of the file. */
export type ChangedLines = ReadonlyMap<string, Changed>;

/** A diff that takes more edits says little: then all lines of the file count as changed. */
const MAX_EDITS = 2000;

/** A new file with no more of a file that is gone is another one. */
const LEAST_KEPT = 0.5;

/**
 * The lines of the workspace's files that the build added or changed since its start. Files that it
 * deleted have none; neither have links that lead out. A new file that has more than half of its lines from one
 * that is gone was moved: these lines are not new. A source with a byte that texts don't have counts
 * with all its lines, so that one such byte hides nothing.
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

/** Numbers of the lines of `now` that `before` does not have; line ends make no difference. */
export async function addedLines(before: string, now: string): Promise<readonly number[]> {
  const old = linesOf(before);
  const current = linesOf(now);
  // Lines that the other text has nowhere are no part of what both have in common.
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

/** Indices of the lines that both have, in their order. */
async function keptOf(old: string[], current: string[]): Promise<ReadonlySet<number>> {
  const parts = await new Promise<ChangeObject<string[]>[] | undefined>((callback) => {
    // With a callback it goes on in steps, and others get their turn between them.
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

/** A file, or undefined for what is none (any more). */
async function readPlain(
  workspace: Pick<Workspace, 'resolve'>,
  path: string,
): Promise<Uint8Array | undefined> {
  try {
    return await readFile(await workspace.resolve(path));
  } catch (reason) {
    const { code } = reason as { readonly code?: string };
    // Deleted, a folder or submodule, or a link that leads out.
    if (['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP', 'invalid_input'].includes(code ?? '')) {
      return undefined;
    }
    throw reason;
  }
}

/**
 * Lines of a new file; where most are from a file that is gone, without those. That file is then taken
 * from `gone`: it cannot have been moved to two places.
 */
async function linesUnlike(gone: Set<string>, now: string): Promise<readonly number[]> {
  const all = linesOf(now);
  const most = all.length * (1 - LEAST_KEPT);
  let least: { readonly from?: string; readonly lines: readonly number[] } = {
    lines: all.map((_, index) => index + 1),
  };
  for (const from of gone) {
    const old = new Set(linesOf(from));
    // Cheap to see, unlike what stands in the same order.
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
