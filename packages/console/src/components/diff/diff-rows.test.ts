import { expect, it } from 'vitest';
import { readDiff } from './diff-rows.ts';

const DIFF = `diff --git a/src/theme.js b/src/theme.js
index 1111111..2222222 100644
--- a/src/theme.js
+++ b/src/theme.js
@@ -1,2 +1,3 @@ function theme
 const THEMES = ['light', 'dark'];
-return stored;
+if (THEMES.includes(stored)) return stored;
+return system;
diff --git a/old.txt b/old.txt
deleted file mode 100644
index 1111111..0000000
--- a/old.txt
+++ /dev/null
@@ -1 +0,0 @@
-gone
`;

it('numbers each line on the side that it is on', async () => {
  const { rows } = await readDiff(DIFF);
  const lines = rows.flatMap((row) =>
    row.kind === 'line' ? [[row.change, row.before, row.after]] : [],
  );
  expect(lines).toEqual([
    ['normal', 1, 1],
    ['delete', 2, undefined],
    ['insert', undefined, 2],
    ['insert', undefined, 3],
    ['delete', 1, undefined],
  ]);
});

it('names each file as it is now, or as it was before it was deleted', async () => {
  const { files, rows } = await readDiff(DIFF);
  expect(files.map(({ path, change, added, removed }) => [path, change, added, removed])).toEqual([
    ['src/theme.js', 'changed', 2, 1],
    ['old.txt', 'deleted', 0, 1],
  ]);
  expect(files.map(({ row }) => rows[row]?.kind)).toEqual(['file', 'file']);
});

it('reads a text that is no diff as no files', async () => {
  expect((await readDiff('nothing changed')).files).toEqual([]);
});
