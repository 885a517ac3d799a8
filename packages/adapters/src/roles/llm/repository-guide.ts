import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { shownText } from '../../process/excerpt.ts';
import type { Fence } from './fence.ts';
import type { ToolPlace } from './tools/role-tool.ts';

/*
 * Invariants
 * 1. Guides are read as they were at the start of the build: what a role writes guides no role.
 * 2. An attempt gets each guide once, and all guides together have a size limit.
 */

/** Reads a repository's instructions for working in it, folder by folder. */
export interface RepositoryGuide {
  /**
   * Returns the guides on the way to these paths that were not returned before, from the root down, as fenced
   * text; empty when there are none.
   *
   * @param paths relative to the workspace, as a model writes them.
   * @throws BatonError `unavailable` when they cannot be read.
   */
  on(paths: readonly string[]): Promise<string>;
}

const NAMES = ['AGENTS.md', 'CLAUDE.md'] as const;
const MAX_CHARACTERS = 16 * 1024;
const MAX_TOTAL_CHARACTERS = 48 * 1024;
const MAX_BYTES = 1024 * 1024;
/** Linux's limit for a path; other systems have a lower one. */
const MAX_PATH_CHARACTERS = 4095;
/** Begins the source name of a guide's fence; no tool has such a name. */
export const GUIDE_SOURCE = 'repository guidance:';

export function createRepositoryGuide(place: ToolPlace, fence: Fence): RepositoryGuide {
  const seenFolders = new Set<string>();
  const seenTexts = new Set<string>();
  let left = MAX_TOTAL_CHARACTERS;

  function fitted(path: string, text: string): string {
    const room = Math.min(MAX_CHARACTERS, left);
    const safe = shownText(place, text);
    const shown = safe.slice(0, room).toWellFormed();
    left -= shown.length;
    if (shown.length === safe.length) return shown;
    return `${shown}\n[... ${safe.length - shown.length} more characters of ${path} left out]`;
  }

  return {
    async on(paths) {
      const folders = foldersOf(paths).filter((folder) => !seenFolders.has(folder));
      for (const folder of folders) seenFolders.add(folder);
      const files = folders.flatMap((folder) => NAMES.map((name) => posix.join(folder, name)));
      if (files.length === 0 || left <= 0) return '';
      const guides: string[] = [];
      for (const [path, text] of await textsAtStart(files, place)) {
        const digest = createHash('sha256').update(text.trim()).digest('hex');
        if (text.trim() === '' || seenTexts.has(digest) || left <= 0) continue;
        seenTexts.add(digest);
        guides.push(fence.wrap(`${GUIDE_SOURCE} ${path}`, fitted(path, text)));
      }
      return guides.join('\n');
    },
  };
}

/**
 * The folders on the way to the paths, from the root down, and the paths themselves, which may be folders.
 */
function foldersOf(paths: readonly string[]): readonly string[] {
  const folders = paths.flatMap((path) => {
    const inside = posix.normalize(path);
    if (posix.isAbsolute(inside) || inside === '..' || inside.startsWith('../')) return [];
    // No system opens it, and its folders together have the square of its length.
    if (inside.length > MAX_PATH_CHARACTERS) return [];
    const segments = inside.split('/').filter((segment) => segment !== '' && segment !== '.');
    return ['', ...segments.map((_, at) => segments.slice(0, at + 1).join('/'))];
  });
  return [...new Set(folders)];
}

/** The texts of these files at the start of the build; missing files and links are left out. */
async function textsAtStart(
  files: readonly string[],
  { workspace }: ToolPlace,
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const path of files) {
    const found = await workspace.fileAt(path, 'start');
    if (found === undefined || found.isLink || found.bytes.length > MAX_BYTES) continue;
    texts.set(path, Buffer.from(found.bytes).toString('utf8'));
  }
  return texts;
}
