import { fieldsOf, type GitResult } from './git.ts';
import { parseTree, type TreeEntries } from './tree-entries.ts';

/** Recently listed trees, the latest last. The tree of an id never changes. */
const listed = new Map<string, TreeEntries>();
/** Limit on the entries of all cached trees; each entry takes about 200 bytes. */
const MOST_ENTRIES = 200_000;
/** Other names, such as branches, may later refer to another tree. */
const FULL_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * Lists all files of a tree or of a commit.
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
