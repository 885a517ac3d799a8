import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readAt } from './hold.ts';
import type { ToolPlace } from './role-tool.ts';
import { isBinary, MAX_BYTES } from './text-file.ts';

/** Files by what a model may see of them. */
export interface SortedFiles {
  /** Without secrets: shown as they are. */
  readonly clean: ReadonlySet<string>;
  /** With secrets: their masked text. */
  readonly masked: ReadonlyMap<string, string>;
  /** Too large to search for secrets. */
  readonly tooLarge: readonly string[];
}

/** Reads whole files, because a secret may span many lines. Missing files and binary files are left out. */
export async function sortFiles(
  paths: readonly string[],
  { workspace, redact, signal }: ToolPlace,
): Promise<SortedFiles> {
  const root = await realpath(workspace.path);
  const clean = new Set<string>();
  const masked = new Map<string, string>();
  const tooLarge: string[] = [];
  for (const path of paths) {
    signal.throwIfAborted();
    const found = await readAt(join(root, path), MAX_BYTES);
    if (found.kind === 'too_large') tooLarge.push(path);
    if (found.kind !== 'bytes') continue;
    const text = found.bytes.toString('utf8');
    if (isBinary(text)) continue;
    const safe = redact(text);
    if (safe === text) clean.add(path);
    else masked.set(path, safe);
  }
  return { clean, masked, tooLarge };
}

/** Passes `use` a temporary folder with these files. */
export async function withFiles<Result>(
  files: ReadonlyMap<string, string>,
  use: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'baton-masked-'));
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
