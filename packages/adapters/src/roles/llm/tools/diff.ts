import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { BatonError } from '@baton/core';
import { z } from 'zod';
import { gitCommand } from './git-command.ts';
import { locate } from './locate.ts';
import { headAndTail } from './output-limit.ts';
import { defineTool, type ToolPlace } from './role-tool.ts';
import { readTextFile } from './text-file.ts';

/** Changed files that are shown at once. */
const MAX_FILES = 100;

export const diffTool = defineTool({
  name: 'diff',
  description: 'Shows what was changed: since the build began, or since this assignment began.',
  input: z.strictObject({
    since: z.enum(['start', 'entry']).optional().describe('Begin of build, or of this assignment'),
    path: z.string().min(1).optional().describe('Only this file or folder'),
  }),
  summary: ({ since = 'start', path }) => (path === undefined ? since : `${path} since ${since}`),
  async run({ since = 'start', path = '.' }, place) {
    const inside = relative(place.workspace.path, await locate(place.workspace, path));
    const changed = (await place.workspace.changedFiles(since)).filter(
      (file) => inside === '' || file === inside || file.startsWith(`${inside}/`),
    );
    if (changed.length === 0) return '(no changes)';
    const base = since === 'entry' && place.entryCommit ? place.entryCommit : 'HEAD';
    const shown = changed.slice(0, MAX_FILES);
    const more = changed.slice(MAX_FILES);
    const { text, secret } = await diffOf(shown, base, place);
    const rest = [
      ...(more.length > 0 ? [`[${more.length} more changed files, by \`path\`]`] : []),
      ...secret.map((file) => `[${file}: changed, and left out, for it holds a secret]`),
    ];
    return [headAndTail(place.redact(text)), ...rest].filter((part) => part !== '').join('\n');
  },
});

/** The difference as a patch; where the workspace is no git worktree, the names alone. */
async function diffOf(
  files: readonly string[],
  base: string,
  place: ToolPlace,
): Promise<{ readonly text: string; readonly secret: readonly string[] }> {
  // An index of its own: new files are shown, too, and the real index stays as it is.
  const folder = await mkdtemp(join(tmpdir(), 'baton-diff-'));
  const git = async (...args: string[]): Promise<string | undefined> => {
    const env = { GIT_INDEX_FILE: join(folder, 'index') };
    const { exitCode, timedOut, stdout } = await gitCommand(args, place, { env });
    if (timedOut) throw new BatonError('invalid_input', 'the diff took too long: name a path');
    return exitCode === 0 ? stdout : undefined;
  };
  try {
    const names = { text: `changed:\n${files.join('\n')}`, secret: [] };
    if ((await git('read-tree', base)) === undefined) return names;
    // A part of a secret is not known as one, and a patch shows parts: such files are left out whole.
    const secret: string[] = [];
    for (const file of files) {
      const now = await readTextFile(place.workspace, file).catch(() => '');
      const before = (await git('show', `${base}:${file}`)) ?? '';
      if ([now, before].some((text) => place.redact(text) !== text)) secret.push(file);
    }
    const open = files.filter((file) => !secret.includes(file));
    if (open.length === 0) return { text: '', secret };
    await git('add', '--intent-to-add', '--force', '--ignore-errors', '--', ...open);
    const patch = await git('diff', '--no-ext-diff', '--no-textconv', base, '--', ...open);
    return patch === undefined ? names : { text: patch, secret };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
