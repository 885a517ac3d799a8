import { describe, expect, it } from 'vitest';
import { keysOf, type OpenDocumentHarness, withDocuments, writeAll } from './harness.ts';

/** In the order of code points, which UTF-16 does not have: the last but one is above it in UTF-8. */
const SORTED = ['A', 'a', 'a:1', 'a:2', 'aa', 'b', 'é', '\ud7ff', '\ue000', '\uffff', '🎈'];

export function documentListContract(open: OpenDocumentHarness): void {
  describe('a list of documents', () => {
    it(
      'has all of a collection by key, in the order of code points, as pages',
      withDocuments(open, async ({ documents, another }) => {
        await writeAll(documents, 'c', SORTED.toReversed());
        await writeAll(documents, 'other', ['a', 'z']);
        const elsewhere = await another();
        const all = await elsewhere.list({ collection: 'c', after: '', limit: 1000 });
        expect(all).toEqual(SORTED.map((key) => ({ key, version: 1, value: { key } })));
        const paged: string[] = [];
        for (;;) {
          const after = paged.at(-1) ?? '';
          const page = await documents.list({ collection: 'c', after, limit: 3 });
          paged.push(...keysOf(page));
          if (page.length < 3) break;
        }
        expect(paged).toEqual(SORTED);
        expect(await documents.list({ collection: 'none', after: '', limit: 9 })).toEqual([]);
      }),
    );

    it(
      'may begin behind a key that is not there',
      withDocuments(open, async ({ documents }) => {
        await writeAll(documents, 'c', ['a', 'c', 'e']);
        const behind = async (after: string) =>
          keysOf(await documents.list({ collection: 'c', after, limit: 9 }));
        expect(await behind('b')).toEqual(['c', 'e']);
        expect(await behind('e')).toEqual([]);
        expect(await behind('\u{10ffff}')).toEqual([]);
      }),
    );

    it(
      'may have only keys that begin alike, also where the next letter is none',
      withDocuments(open, async ({ documents }) => {
        const last = '\u{10ffff}';
        const more = ['%', '%_', '\ud7ffx', `${last}`, `${last}${last}x`];
        await writeAll(documents, 'c', [...SORTED, ...more]);
        const beginning = async (prefix: string, after = '', limit = 9) =>
          keysOf(await documents.list({ collection: 'c', after, prefix, limit }));
        expect(await beginning('a')).toEqual(['a', 'a:1', 'a:2', 'aa']);
        expect(await beginning('a', 'a')).toEqual(['a:1', 'a:2', 'aa']);
        expect(await beginning('a', 'a', 2)).toEqual(['a:1', 'a:2']);
        expect(await beginning('a:', 'A')).toEqual(['a:1', 'a:2']);
        expect(await beginning('a:', 'a:1')).toEqual(['a:2']);
        expect(await beginning('a:', 'b')).toEqual([]);
        expect(await beginning('%')).toEqual(['%', '%_']);
        expect(await beginning('\ud7ff')).toEqual(['\ud7ff', '\ud7ffx']);
        expect(await beginning(last)).toEqual([last, `${last}${last}x`]);
        expect(await beginning(`${last}${last}`)).toEqual([`${last}${last}x`]);
        expect(await beginning('none')).toEqual([]);
      }),
    );
  });
}
