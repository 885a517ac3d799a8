import { fieldsOf, type GitResult } from './git.ts';
import { parseTree, type TreeEntries } from './tree-entries.ts';

/** Trees that were listed lately, the latest last: what an id names never changes. */
const listed = new Map<string, TreeEntries>();
/** Entries of all of them together; those of a tree are about 200 bytes each. */
const MOST_ENTRIES = 200_000;
/** A name, such as that of a branch, may stand for another tree the next time. */
const FULL_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * All files of a tree, or of a commit's.
 *
 * @param run git, in a repository that has the objects.
 */
export async function listTree(
  run: (args: readonly string[]) => Promise<GitResult>,
  id: string,
): Promise<TreeEntries> {
  const known = listed.get(id);
  if (known !== undefined) {
    listed.delete(id);
    listed.set(id, known);
    return known;
  }
  const entries = parseTree(fieldsOf(await run(['ls-tree', '-r', '-z', '--full-tree', id])));
  if (FULL_ID.test(id)) keep(id, entries);
  return entries;
}

function keep(id: string, entries: TreeEntries): void {
  listed.set(id, entries);
  let total = [...listed.values()].reduce((sum, { size }) => sum + size, 0);
  for (const [oldest, { size }] of listed) {
    if (total <= MOST_ENTRIES) return;
    listed.delete(oldest);
    total -= size;
  }
}
