import fc from 'fast-check';

/** A file of a tree. */
export interface TreeFile {
  readonly mode: '100644' | '100755' | '120000';
  readonly content: string;
}

export type Tree = ReadonlyMap<string, TreeFile>;

/** Trees of which each but the first was made from one before it, and two of them to compare. */
export interface Chain {
  readonly trees: readonly Tree[];
  /** The place of the tree that each was made from; that of the first is its own. */
  readonly parents: readonly number[];
  readonly from: number;
  readonly to: number;
}

const PATHS = ['a.txt', 'src/b.js', 'with space.txt', 'qu"ote.txt', 'ünï [c].txt', 'back\\slash'];

const line = fc.constantFrom(
  '',
  '}',
  'x',
  'y',
  'z',
  '  return x;',
  'über',
  '-- dash',
  '++ plus',
  'cr\r',
);
/** Mostly more than the hunks of a few edits have. */
const lines = fc.array(line, { maxLength: 120, size: 'max' });

type Edit = (content: string, first: string) => string;

/** What a person or a model does to the lines of a file. */
const editOfLines: fc.Arbitrary<Edit> = fc
  .tuple(fc.nat(), fc.nat(4), fc.array(line, { maxLength: 4 }))
  .map(([place, gone, come]) => (content) => {
    const all = content.split('\n');
    all.splice(place % (all.length + 1), gone, ...come);
    return all.join('\n');
  });
const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 8, arbitrary: editOfLines },
  { weight: 1, arbitrary: lines.map((all) => () => all.join('\n')) },
  { weight: 1, arbitrary: fc.constant<Edit>((content) => `${content}\n`) },
  { weight: 1, arbitrary: fc.constant<Edit>((content) => content.replace(/\n$/, '')) },
  { weight: 1, arbitrary: fc.constant<Edit>(() => '') },
  { weight: 1, arbitrary: fc.constant<Edit>((content) => `${content}\0`) },
  { weight: 2, arbitrary: fc.constant<Edit>((_, first) => first) },
);

const change = fc.record({
  path: fc.constantFrom(...PATHS),
  edits: fc.array(edit, { minLength: 1, maxLength: 4 }),
  mode: fc.constantFrom(undefined, undefined, undefined, '100755', '100644', '120000' as const),
  isDeleted: fc.nat(6).map((at) => at === 0),
});

type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function changed(tree: Tree, changes: readonly Change[], first: Tree): Tree {
  const next = new Map(tree);
  for (const { path, edits, mode, isDeleted } of changes) {
    if (isDeleted) {
      next.delete(path);
      continue;
    }
    const was = next.get(path);
    const begin = first.get(path)?.content ?? '';
    const content = edits.reduce((text, one) => one(text, begin), was?.content ?? '');
    const kind = (mode as TreeFile['mode'] | undefined) ?? was?.mode ?? '100644';
    // A link says where it leads, in one piece.
    const isNoLink = content === '' || content.includes('\0');
    next.set(path, { content, mode: kind === '120000' && isNoLink ? '100644' : kind });
  }
  return next;
}

const firstTree = fc
  .array(fc.tuple(fc.constantFrom(...PATHS), lines), { maxLength: 6 })
  .map(
    (all): Tree =>
      new Map(all.map(([path, text]) => [path, { mode: '100644', content: text.join('\n') }])),
  );

export const chain: fc.Arbitrary<Chain> = fc
  .record({
    first: firstTree,
    steps: fc.array(fc.tuple(fc.nat(), fc.array(change, { minLength: 1, maxLength: 4 })), {
      minLength: 2,
      maxLength: 5,
    }),
    from: fc.nat(),
    to: fc.nat(),
  })
  .map(({ first, steps, from, to }) => {
    const trees: Tree[] = [first];
    const parents = [0];
    for (const [parent, changes] of steps) {
      // Mostly on from the last one, as builds go; now and then from an earlier one, as rollbacks do.
      const at = parent % 3 === 0 ? parent % trees.length : trees.length - 1;
      parents.push(at);
      trees.push(changed(trees[at] ?? first, changes, first));
    }
    return { trees, parents, from: from % trees.length, to: to % trees.length };
  });
