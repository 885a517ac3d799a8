import { lstat, readlink, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { BatonError, type Workspace } from '@baton/core';
import { createTwoFilesPatch } from 'diff';
import { z } from 'zod';
import { shownText } from '../../../process/excerpt.ts';
import { inFolder, readAt } from './hold.ts';
import { locate } from './locate.ts';
import { defineTool, type ToolPlace } from './role-tool.ts';
import { headAndTail, isBinary, MAX_BYTES } from './text-file.ts';

type Since = 'entry' | 'start';

/** Changed files to show at once. */
const MAX_FILES = 100;
/** Milliseconds for the patch of one file. */
const PATCH_MS = 2_000;

export const diffTool = defineTool({
  name: 'diff',
  description: 'Shows what was changed: since the build began, or since this assignment began.',
  input: z.strictObject({
    since: z.enum(['start', 'entry']).optional().describe('Begin of build, or of this assignment'),
    path: z.string().min(1).optional().describe('Only this file or folder'),
  }),
  summary: ({ since = 'start', path }) => (path === undefined ? since : `${path} since ${since}`),
  async run({ since = 'start', path = '.' }, place) {
    const { inside } = await locate(place.workspace, path);
    const changed = (await place.workspace.changedFiles(since)).filter(
      (file) => inside === '' || file === inside || file.startsWith(`${inside}/`),
    );
    if (changed.length === 0) return '(no changes)';
    const more = changed.slice(MAX_FILES);
    const patches: string[] = [];
    const hidden: string[] = [];
    for (const file of changed.slice(0, MAX_FILES)) {
      const shown = await patchOf(file, since, place);
      if ('hidden' in shown)
        hidden.push(`[${file}: changed, and left out, for it ${shown.hidden}]`);
      else patches.push(shown.patch);
    }
    const rest = more.length > 0 ? [`[${more.length} more changed files, by \`path\`]`] : [];
    const text = headAndTail(shownText(place, patches.join('')), place.maxCharacters);
    return [text, ...rest, ...hidden].filter((part) => part !== '').join('\n');
  },
});

/** The change of a file, or why it may not be shown: the old or the new version holds a secret. */
async function patchOf(
  file: string,
  since: Since,
  place: ToolPlace,
): Promise<{ readonly patch: string } | { readonly hidden: string }> {
  const before = (await place.workspace.fileAt(file, since))?.bytes;
  const now = await presentContent(place.workspace, file);
  const sides = [before, now].map((bytes) => Buffer.from(bytes ?? []));
  if (sides.some(({ length }) => length > MAX_BYTES)) {
    return { hidden: `is larger than ${MAX_BYTES} bytes` };
  }
  const [old = '', present = ''] = sides.map((bytes) => bytes.toString('utf8'));
  if (isBinary(old) || isBinary(present)) return { hidden: 'is binary' };
  // A patch shows parts of files, and a part of a secret is not recognized: such files are left out.
  if ([old, present].some((text) => shownText(place, text) !== text)) {
    return { hidden: 'holds a secret' };
  }
  const names = [before && `a/${file}`, now && `b/${file}`].map((name) => name ?? '/dev/null');
  const [from = '', to = ''] = names;
  const patch = createTwoFilesPatch(from, to, old, present, '', '', { timeout: PATCH_MS });
  if (patch === undefined) {
    throw new BatonError('invalid_input', `the diff of ${file} took too long: read the file`);
  }
  return { patch };
}

/** The current content of a file; for a link, its target as text. */
async function presentContent(workspace: Workspace, file: string): Promise<Buffer | undefined> {
  const place = join(await realpath(workspace.path), file);
  const link = await inFolder(dirname(place), async (folder) => {
    const there = join(folder, basename(place));
    return (await lstat(there)).isSymbolicLink() ? readlink(there) : undefined;
  }).catch(() => undefined);
  if (link !== undefined) return Buffer.from(link);
  const found = await readAt(place, MAX_BYTES);
  if (found.kind === 'too_large') return Buffer.alloc(MAX_BYTES + 1);
  return found.kind === 'bytes' ? found.bytes : undefined;
}
