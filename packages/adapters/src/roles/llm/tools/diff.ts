import { lstat, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { BatonError, type Redact } from '@baton/core';
import { z } from 'zod';
import { gitCommand } from './git-command.ts';
import { locate } from './locate.ts';
import { headAndTail } from './output-limit.ts';
import { defineTool, type ToolPlace } from './role-tool.ts';
import { MAX_BYTES } from './text-file.ts';

/** Changed files that are shown at once. */
const MAX_FILES = 100;
const TOOK_TOO_LONG = 'the diff took too long: name a path';

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
    const { text, hidden } = await diffOf(shown, base, place);
    const rest = [
      ...(more.length > 0 ? [`[${more.length} more changed files, by \`path\`]`] : []),
      ...[...hidden].map(([file, why]) => `[${file}: changed, and left out, for it ${why}]`),
    ];
    return [headAndTail(place.redact(text)), ...rest].filter((part) => part !== '').join('\n');
  },
});

/** The difference as a patch; where the workspace is no git worktree, the names alone. */
async function diffOf(
  files: readonly string[],
  base: string,
  place: ToolPlace,
): Promise<{ readonly text: string; readonly hidden: ReadonlyMap<string, string> }> {
  // An index of its own: new files are shown, too, and the real index stays as it is.
  const folder = await mkdtemp(join(tmpdir(), 'baton-diff-'));
  const run = async (args: readonly string[], redact?: Redact): Promise<string | undefined> => {
    const env = { GIT_INDEX_FILE: join(folder, 'index') };
    const { exitCode, timedOut, stdout } = await gitCommand(args, place, {
      env,
      ...(redact !== undefined && { redact }),
    });
    if (timedOut) throw new BatonError('invalid_input', TOOK_TOO_LONG);
    return exitCode === 0 ? stdout : undefined;
  };
  try {
    const names = { text: `changed:\n${files.join('\n')}`, hidden: new Map<string, string>() };
    if ((await run(['read-tree', base])) === undefined) return names;
    // A part of a secret is not known as one, and a patch shows parts: such files are left out whole.
    const hidden = new Map<string, string>();
    for (const file of files) {
      const why = await whyHidden(file, base, place);
      if (why !== undefined) hidden.set(file, why);
    }
    const open = files.filter((file) => !hidden.has(file));
    if (open.length === 0) return { text: '', hidden };
    await run(['add', '--intent-to-add', '--force', '--ignore-errors', '--', ...open]);
    const diff = ['diff', '--no-ext-diff', '--no-textconv', base, '--', ...open];
    const patch = await run(diff, place.redact);
    return patch === undefined ? names : { text: patch, hidden };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Why no part of a file may be shown, as it is or as it was; undefined when it may. */
async function whyHidden(
  file: string,
  base: string,
  place: ToolPlace,
): Promise<string | undefined> {
  const before = await gitCommand(['show', `${base}:${file}`], place, {
    maxOutputBytes: MAX_BYTES,
  });
  if (before.timedOut) throw new BatonError('invalid_input', TOOK_TOO_LONG);
  const absolute = join(place.workspace.path, file);
  const now = await lstat(absolute).catch(() => undefined);
  if (before.leftOut.stdout > 0 || (now?.size ?? 0) > MAX_BYTES) {
    return `is larger than ${MAX_BYTES} bytes`;
  }
  const texts = [before.stdout, now?.isFile() ? await readFile(absolute, 'utf8') : ''];
  return texts.some((text) => place.redact(text) !== text) ? 'holds a secret' : undefined;
}
