import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tree } from './random-trees.ts';

/** A repository with many trees, made and compared by few processes. */
export interface GitTrees {
  /** Git's id of a tree that was put in. */
  idOf(tree: Tree): string;
  /** What git prints for each pair. */
  diffs(pairs: readonly (readonly [Tree, Tree])[], ...options: string[]): readonly string[];
  /** The id of the tree that `patch` makes of one, with some files put in as they are in another. */
  applied(tree: Tree, patch: string, put: readonly string[], from: Tree): string;
  remove(): void;
}

const PLAIN = [
  '-r',
  '--no-ext-diff',
  '--no-textconv',
  '--no-color',
  '--no-renames',
  '--full-index',
];

export function createGitTrees(trees: readonly Tree[]): GitTrees {
  const folder = mkdtempSync(join(tmpdir(), 'baton-trees-'));
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  const git = (args: readonly string[], input: string | Buffer = '', more = {}) =>
    execFileSync('git', args, {
      ...{ cwd: folder, input, env: { ...env, ...more }, maxBuffer: 1e9, stdio: 'pipe' },
    }).toString();
  git(['init', '--quiet', '--bare']);
  git(['fast-import', '--quiet', '--export-marks=marks'], trees.map(importOf).join(''));
  const commits = new Map(
    readFileSync(join(folder, 'marks'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.slice(1).split(' ') as [string, string]),
  );
  const asked = trees.map((_, at) => `${commits.get(String(at + 1))}^{tree}\n`).join('');
  const ids = git(['cat-file', '--batch-check=%(objectname)'], asked).trim().split('\n');
  const idOf = (tree: Tree) => ids[trees.indexOf(tree)] ?? '';
  let index = 0;
  return {
    idOf,
    diffs(pairs, ...options) {
      const lines = pairs.map(([one, other]) => `${idOf(one)} ${idOf(other)}`);
      const printed = git(['diff-tree', '--stdin', ...PLAIN, ...options], `${lines.join('\n')}\n`);
      const parts = printed.split(/^([0-9a-f]{40} [0-9a-f]{40})\n/m);
      const found = new Map<string, string>();
      for (let at = 1; at < parts.length; at += 2) found.set(parts[at] ?? '', parts[at + 1] ?? '');
      return lines.map((line) => found.get(line) ?? '');
    },
    applied(tree, patch, put, from) {
      const own = { GIT_INDEX_FILE: join(folder, `index-${index++}`) };
      git(['read-tree', idOf(tree)], '', own);
      if (patch !== '') git(['apply', '--cached', '--whitespace=nowarn'], patch, own);
      const entries = put.map((path) => {
        const file = from.get(path);
        return file === undefined
          ? `0 ${NONE}\t${path}\0`
          : `${file.mode} ${blobId(file.content)}\t${path}\0`;
      });
      if (put.length > 0) git(['update-index', '-z', '--index-info'], entries.join(''), own);
      return git(['write-tree'], '', own).trim();
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const NONE = '0'.repeat(40);

function blobId(content: string): string {
  return createHash('sha1')
    .update(`blob ${Buffer.byteLength(content)}\0${content}`)
    .digest('hex');
}

function importOf(tree: Tree, at: number): string {
  const files = [...tree].map(([path, { mode, content }]) => {
    const quoted = `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
    return `M ${mode} inline ${quoted}\ndata ${Buffer.byteLength(content)}\n${content}\n`;
  });
  const committer = 'committer ada <ada@localhost> 0 +0000';
  return `commit refs/heads/tree-${at}\nmark :${at + 1}\n${committer}\ndata 0\n\ndeleteall\n${files.join('')}\n`;
}
