import { describe, expect, it } from 'vitest';
import type { DocumentWrite } from '../../ports/document-store.ts';
import { type OpenDocumentHarness, withDocuments } from './harness.ts';

const write: DocumentWrite = { collection: 'c', key: 'k', follows: 0, value: {} };

const NAMES: readonly (readonly [what: string, name: object, found: string])[] = [
  ['a collection without a name', { collection: '' }, '1 to 64 of a-z and -'],
  ['a collection with a long name', { collection: 'c'.repeat(65) }, '1 to 64 of a-z and -'],
  ['a collection with other letters', { collection: 'C{1}' }, '1 to 64 of a-z and -'],
  ['no key', { key: '' }, 'key: expected at least 1 characters, found 0'],
  ['a long key', { key: 'k'.repeat(513) }, 'key: expected at most 512 characters, found 513'],
  ['a key with NUL', { key: 'a\u0000b' }, 'NUL'],
  ['a key with half a character', { key: '\ud800' }, 'lone surrogates'],
];

const WRITES: typeof NAMES = [
  ['half a version', { follows: 0.5 }, 'follows'],
  ['a version below 0', { follows: -1 }, 'follows'],
  ['a value that is no object', { value: ['a'] }, 'expected a JSON object, found an array'],
  ['a value that is no JSON', { value: { a: Number.NaN } }, 'finite'],
];

const invalid = (found: string) => ({
  code: 'invalid_input',
  message: expect.stringContaining(found),
});

export function documentRefusalContract(open: OpenDocumentHarness): void {
  describe('a document', () => {
    it(
      'is refused with a bad name or value, and nothing is written',
      withDocuments(open, async ({ documents }) => {
        for (const [, part, found] of [...NAMES, ...WRITES]) {
          await expect(documents.write({ ...write, ...part })).rejects.toMatchObject(
            invalid(found),
          );
        }
        for (const [, part, found] of NAMES) {
          const { collection, key } = { ...write, ...part };
          await expect(documents.read(collection, key)).rejects.toMatchObject(invalid(found));
          await expect(documents.remove(collection, key, 1)).rejects.toMatchObject(invalid(found));
        }
        await expect(documents.remove('c', 'k', 0)).rejects.toMatchObject(invalid('version'));
        expect(await documents.list({ collection: 'c', after: '', limit: 9 })).toEqual([]);
      }),
    );

    it(
      'may be as large as 64 KiB, under a key as long as 512 characters, and no larger',
      withDocuments(open, async ({ documents }) => {
        const empty = JSON.stringify({ text: '' }).length;
        const value = { text: 'x'.repeat(64 * 1024 - empty) };
        const key = '\uffff'.repeat(512);
        const collection = 'c'.repeat(64);
        expect(await documents.write({ ...write, collection, key, value })).toBe(true);
        expect(await documents.read(collection, key)).toEqual({ key, version: 1, value });
        expect(await documents.list({ collection, after: '', prefix: key, limit: 9 })).toHaveLength(
          1,
        );
        const larger = { text: `${value.text}ü` };
        await expect(documents.write({ ...write, value: larger })).rejects.toMatchObject({
          code: 'limit_exceeded',
          message: `the document 'k' of 'c' has ${64 * 1024 + 2} bytes of JSON; expected 65536 at most`,
        });
        expect(await documents.read('c', 'k')).toBeUndefined();
      }),
    );

    it(
      'that another program has damaged is named, and can be replaced and removed',
      withDocuments(open, async ({ documents, damage }) => {
        if (damage === undefined) return;
        for (const text of ['[1]', '"text"', 'null', '{"a":"\\u0000"}']) {
          await documents.write({ ...write, value: { a: 1 } });
          await damage('c', 'k', text);
          const loss = {
            code: 'data_loss',
            message: expect.stringContaining("the document 'k' of 'c' cannot be read: "),
          };
          await expect(documents.read('c', 'k')).rejects.toMatchObject(loss);
          const listing = documents.list({ collection: 'c', after: '', limit: 9 });
          await expect(listing).rejects.toMatchObject(loss);
          expect(await documents.write({ ...write, follows: 1, value: { a: 2 } })).toBe(true);
          expect(await documents.read('c', 'k')).toMatchObject({ version: 2, value: { a: 2 } });
          await damage('c', 'k', text);
          expect(await documents.remove('c', 'k', 2)).toBe(true);
        }
      }),
    );

    it.each([
      ['no limit', { limit: 0 }, 'limit'],
      ['too high a limit', { limit: 1001 }, 'limit: expected at most 1000, found 1001'],
      ['a long prefix', { prefix: 'p'.repeat(513) }, 'prefix'],
      ['a long key to begin behind', { after: 'p'.repeat(513) }, 'after'],
      ['a bad collection', { collection: 'A' }, 'collection'],
    ])('is not listed with %s', async (_, part, found) => {
      await withDocuments(open, async ({ documents }) => {
        const query = { collection: 'c', after: '', limit: 9, ...part };
        await expect(documents.list(query)).rejects.toMatchObject(invalid(found));
      })();
    });
  });
}
