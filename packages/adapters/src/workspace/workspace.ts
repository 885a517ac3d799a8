import { lstatSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import type { Workspace, WorkspaceFile, WorkspaceSnapshot } from '@baton/core';
import { filePlace, pathBytes, pathText } from '../files/files.ts';
import { resolveInside } from '../files/jail.ts';
import { textOf } from '../git/git.ts';
import type { GitSettings } from '../git/git-settings.ts';
import { objectFoldersOf } from '../git/repository.ts';
import {
  differing,
  idOf,
  LINK,
  listTree,
  modeOf,
  SUBMODULE,
  type TreeEntries,
  treeId,
} from '../git/tree-entries.ts';
import type { BuildRules } from './build-rules.ts';
import type { BuildContext, BuildTools, Opened } from './build-tools.ts';
import { labelIn } from './checkpoint.ts';
import { writeCleanTree } from './clean-tree.ts';
import { conversionsOf } from './file-attributes.ts';
import { patchOf } from './patch-of.ts';
import { keepPreparation } from './preparation.ts';
import type { WithPrivateGit } from './private-git.ts';
import type { Snapshot } from './snapshot.ts';
import { SUBMODULE_HEAD } from './submodules.ts';

/** The workspace of an opened build. */
export function workspaceOf(
  context: BuildContext,
  rules: BuildRules,
  tools: BuildTools,
  { entry, base, files, prepared }: Opened,
): Workspace {
  const { withGit, checkpoints, submodules, take } = tools;
  const { start, settings } = rules;
  const { worktree: path, workflowId } = context.paths;
  const { shared } = context;
  const { objectFormat } = context.repository;
  let latest = { record: entry, entries: files.entries };
  /** Passes `work` the current files. */
  const taken = <T>(work: (now: Snapshot) => T | Promise<T>): Promise<T> =>
    context.exclusively(async () => work(await take()));
  const digestOf = async (of: 'entry' | 'start') => (of === 'entry' ? entry : base).digest;
  const entriesOf = (tree: string): Promise<TreeEntries> =>
    withGit({ worktree: path }, (git) => listTree(git.run, tree));
  let trees: Promise<readonly [start: TreeEntries, entry: TreeEntries]> | undefined;
  const bothTrees = () => {
    trees ??= Promise.all([entriesOf(start), entriesOf(entry.tree)]);
    return trees;
  };

  async function changedFiles(now: Snapshot, since: 'entry' | 'start') {
    const sinceEntry = differing(files.entries, now.entries);
    if (since === 'entry') return sortedTexts(sinceEntry);
    const [atStart, atEntry] = await bothTrees();
    const changedBefore = differing(atStart, atEntry);
    const isUndone = (name: string) => atStart.get(name) === now.entries.get(name);
    const undone = new Set(sinceEntry.filter(isUndone));
    const all = [...changedBefore, ...sinceEntry].filter((name) => !undone.has(name));
    return sortedTexts(all);
  }

  const snapshotOf = (now: Snapshot): WorkspaceSnapshot => ({
    digest: async (of) => (of === undefined ? now.digest : digestOf(of)),
    files: async () => sortedTexts(now.paths),
    changedFiles: (since) => changedFiles(now, since),
    writtenSince: async (time) => sortedTexts(await changedSince(path, now.paths, time)),
  });

  return {
    path,
    outside: {
      writable: [context.paths.git],
      readable: objectFoldersOf(context.repository.objectDir),
    },
    ...(context.use === 'judge' && {
      preparation: {
        kept: prepared,
        keep: (key: string) =>
          taken(({ digest }) => keepPreparation(context.paths, { digest, key })),
      },
    }),
    snapshot: () => taken(snapshotOf),
    digest: async (of) => (of === undefined ? taken(({ digest }) => digest) : digestOf(of)),
    labelOf: (name) =>
      withGit({ worktree: path }, async (git) => {
        const log = ['log', '-1', '--format=%s', '--first-parent'];
        const since = [`${base.commit}..${entry.commit}`, '--', name];
        return labelIn(textOf(await git.run(['--literal-pathspecs', ...log, ...since])));
      }),
    files: () => taken(({ paths }) => sortedTexts(paths)),
    checkpoint: (label) =>
      taken(async (now) => {
        const source = { withGit, worktree: path, objectFormat, start, settings, submodules };
        const before = { tree: latest.record.tree, entries: latest.entries };
        const { tree, entries } = await writeCleanTree(source, before, now.entries);
        const digest = entries === now.entries ? now.digest : await treeId(entries, objectFormat);
        const record = await withGit({ worktree: path }, (git) =>
          checkpoints.record(git, { tree, digest, label, after: latest.record }),
        );
        latest = { record, entries };
        return { commit: record.commit, digest };
      }),
    ...(shared !== undefined && {
      publish: (checkpoint, by) => shared.publish({ workflowId, start }, checkpoint, by),
    }),
    patch: async (holdsSecret) => {
      const before = { tree: entry.tree, entries: await entriesOf(entry.tree) };
      const { record, entries } = latest;
      if (record.tree === entry.tree) return '';
      const after = { tree: record.tree, entries };
      return withGit({ worktree: path }, (git) => patchOf(git, before, after, holdsSecret));
    },
    changedFiles: (since) => taken((now) => changedFiles(now, since)),
    fileAt: async (name, of) => {
      const [atStart, atEntry] = await bothTrees();
      const entries = of === 'start' ? atStart : atEntry;
      return fileAt({ withGit, worktree: path, settings, start }, name, entries);
    },
    resolve: (relative) => resolveInside(path, relative),
  };
}

/** The paths as text, without duplicates; the path of a submodule stands for its commit. */
function sortedTexts(paths: readonly string[]): string[] {
  const suffix = `/${SUBMODULE_HEAD}`;
  const texts = paths.map((path) =>
    pathText(path.endsWith(suffix) ? path.slice(0, -suffix.length) : path),
  );
  return [...new Set(texts)].sort();
}

/** Files to examine before yielding to other work. */
const AT_ONCE = 500;

/**
 * The paths (bytes, one character each) whose file has changed since `time`, in milliseconds since the Unix
 * epoch: content, mode, name or number of links. Programs cannot set the time of change to any value but the
 * current time. Moving a parent folder does not change a file.
 */
async function changedSince(
  worktree: string,
  paths: readonly string[],
  time: number,
): Promise<readonly string[]> {
  const changed: string[] = [];
  for (const [at, path] of paths.entries()) {
    const found = lstatSync(filePlace(worktree, path), { throwIfNoEntry: false });
    if (found !== undefined && found.ctimeMs >= time) changed.push(path);
    if (at % AT_ONCE === 0) await breathe();
  }
  return changed;
}

interface FileSource {
  readonly withGit: WithPrivateGit;
  readonly worktree: string;
  readonly settings: GitSettings;
  /** The commit that the build started from; its attributes apply. */
  readonly start: string;
}

/** A file of a tree as git checks it out; undefined when it does not exist. */
async function fileAt(
  { withGit, worktree, settings, start }: FileSource,
  path: string,
  entries: TreeEntries,
): Promise<WorkspaceFile | undefined> {
  const bytes = pathBytes(path);
  const entry = entries.get(bytes);
  if (entry === undefined || modeOf(entry) === SUBMODULE) return undefined;
  return withGit({ worktree, settings }, async (git) => {
    const blob = ['cat-file', 'blob', idOf(entry)];
    const asItIs = async (isLink: boolean) => ({ bytes: (await git.run(blob)).stdout, isLink });
    if (modeOf(entry) === LINK) return asItIs(true);
    await git.run(['read-tree', start]);
    const conversion = (await conversionsOf(git, [bytes], settings)).get(bytes);
    if (conversion === undefined) return asItIs(false);
    // Outside of the worktree, so that a filter finds no program from a role.
    const place = join(git.folder, 'nothing');
    await mkdir(place);
    const { attributes } = conversion;
    return withGit({ worktree: place, settings, attributes }, async (converting) => {
      const filtered = ['cat-file', '--filters', `--path=${path}`, idOf(entry)];
      return { bytes: (await converting.run(filtered)).stdout, isLink: false };
    });
  });
}
