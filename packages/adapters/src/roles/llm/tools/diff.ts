import { relative } from 'node:path';
import { BatonError, type Redact } from '@baton/core';
import { z } from 'zod';
import { locate } from './locate.ts';
import { headAndTail } from './output-limit.ts';
import { objectStoreOf, type PrivateGit, withPrivateGit } from './private-git.ts';
import { defineTool, type ToolPlace } from './role-tool.ts';
import { isBinary, MAX_BYTES } from './text-file.ts';

/** The digests of before and now, which are git's trees where there is git. */
type Trees = readonly [before: string, now: string];

interface Difference {
  readonly text: string;
  /** Files that are left out, and why. */
  readonly hidden: ReadonlyMap<string, string>;
}

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
    const shown = changed.slice(0, MAX_FILES);
    const more = changed.slice(MAX_FILES);
    const trees = [await place.workspace.digest(since), await place.workspace.digest()] as const;
    const { text, hidden } = await diffOf(shown, trees, place);
    const rest = [
      ...(more.length > 0 ? [`[${more.length} more changed files, by \`path\`]`] : []),
      ...[...hidden].map(([file, why]) => `[${file}: changed, and left out, for it ${why}]`),
    ];
    return [headAndTail(place.redact(text), place.maxCharacters), ...rest]
      .filter((part) => part !== '')
      .join('\n');
  },
});

/** The difference as a patch; where the workspace is no git worktree, the names alone. */
async function diffOf(
  files: readonly string[],
  trees: Trees,
  place: ToolPlace,
): Promise<Difference> {
  const store = await objectStoreOf(place);
  const names = { text: `changed:\n${files.join('\n')}`, hidden: new Map<string, string>() };
  if (store === undefined) return names;
  return withPrivateGit(place, store, async (git) => {
    // A part of a secret is not known as one, and a patch shows parts: such files are left out whole.
    const hidden = new Map<string, string>();
    for (const file of files) {
      const why = await whyHidden(file, trees, git, place.redact);
      if (why !== undefined) hidden.set(file, why);
    }
    const open = files.filter((file) => !hidden.has(file));
    if (open.length === 0) return { text: '', hidden };
    const options = ['-p', '-r', '--no-renames', '--no-ext-diff', '--no-textconv', '--text'];
    const diff = ['diff-tree', ...options, ...trees, '--', ...open];
    const { exitCode, timedOut, stdout } = await git(diff, { redact: place.redact });
    if (timedOut) throw new BatonError('invalid_input', TOOK_TOO_LONG);
    return exitCode === 0 ? { text: stdout, hidden } : names;
  });
}

/** Why no part of a file may be shown, as it is or as it was; undefined when it may. */
async function whyHidden(
  file: string,
  trees: Trees,
  git: PrivateGit,
  redact: Redact,
): Promise<string | undefined> {
  for (const tree of trees) {
    const blob = await git(['cat-file', 'blob', `${tree}:${file}`], { maxOutputBytes: MAX_BYTES });
    if (blob.timedOut) throw new BatonError('invalid_input', TOOK_TOO_LONG);
    if (blob.leftOut.stdout > 0) return `is larger than ${MAX_BYTES} bytes`;
    if (isBinary(blob.stdout)) return 'is no text';
    if (redact(blob.stdout) !== blob.stdout) return 'holds a secret';
  }
  return undefined;
}
