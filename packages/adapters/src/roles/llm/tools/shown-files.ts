import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { shownText } from '../../../process/excerpt.ts';
import { readAt } from './hold.ts';
import type { ToolPlace } from './role-tool.ts';
import { isBinary, MAX_BYTES } from './text-file.ts';

/** Files by what a model may see of them. */
export interface SortedFiles {
  /** Without secrets: shown as they are. */
  readonly clean: ReadonlySet<string>;
  /** With secrets: the text that is shown. */
  readonly changed: ReadonlyMap<string, string>;
  /** Too large to search for secrets. */
  readonly tooLarge: readonly string[];
}

/** Reads whole files, because a secret may span many lines. Missing files and binary files are left out. */
export async function sortFiles(paths: readonly string[], place: ToolPlace): Promise<SortedFiles> {
  const root = await realpath(place.workspace.path);
  const clean = new Set<string>();
  const changed = new Map<string, string>();
  const tooLarge: string[] = [];
  for (const path of paths) {
    place.signal.throwIfAborted();
    const found = await readAt(join(root, path), MAX_BYTES);
    if (found.kind === 'too_large') tooLarge.push(path);
    if (found.kind !== 'bytes') continue;
    const text = found.bytes.toString('utf8');
    if (isBinary(text)) continue;
    const shown = shownText(place, text);
    if (shown === text) clean.add(path);
    else changed.set(path, shown);
  }
  return { clean, changed, tooLarge };
}

/** Passes `use` a temporary folder with these files. */
export async function withFiles<Result>(
  files: ReadonlyMap<string, string>,
  use: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'baton-shown-'));
  try {
    for (const [path, text] of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
