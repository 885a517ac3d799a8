import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import type { DocumentStore } from '../../ports/document-store.ts';
import { type OpenDocumentHarness, withDocuments } from './harness.ts';

const odd: JsonObject = {
  constructor: { b: 1, a: [null, true, 'ünï 🎈\r\n\u0001'] },
  '': '',
  '1': 1.5,
  "it's": '$a.b[0]',
};

/** How often each of two writers adds one. */
const TIMES = 25;

/** Adds one to a counter as often as `TIMES` says, whoever else does. */
async function countUp(documents: DocumentStore): Promise<void> {
  for (let done = 0; done < TIMES; ) {
    const found = await documents.read('counters', 'c');
    const value = { count: ((found?.value['count'] as number | undefined) ?? 0) + 1 };
    const follows = found?.version ?? 0;
    if (await documents.write({ collection: 'counters', key: 'c', follows, value })) done++;
  }
}

export function documentWriteContract(open: OpenDocumentHarness): void {
  describe('a document', () => {
    it(
      'comes back as it was written, for another process, too, in the order of its members',
      withDocuments(open, async ({ documents, another }) => {
        const document = { collection: 'api-keys', key: "odd: 'ü' 🎈 %_*[", value: odd };
        expect(await documents.read('api-keys', document.key)).toBeUndefined();
        expect(await documents.write({ ...document, follows: 0 })).toBe(true);
        const found = await (await another()).read('api-keys', document.key);
        expect(found).toEqual({ key: document.key, version: 1, value: odd });
        expect(JSON.stringify(found?.value)).toBe(JSON.stringify(odd));
        expect(await documents.read('other', document.key)).toBeUndefined();
      }),
    );

    it(
      'is written by the one who has seen its version, which grows by one',
      withDocuments(open, async ({ documents }) => {
        const document = { collection: 'c', key: 'k' };
        const write = (follows: number, n: number) =>
          documents.write({ ...document, follows, value: { n } });
        expect(await write(1, 0)).toBe(false);
        expect(await documents.read('c', 'k')).toBeUndefined();
        expect(await write(0, 1)).toBe(true);
        expect(await write(0, 2)).toBe(false);
        expect(await write(1, 3)).toBe(true);
        expect(await write(1, 4)).toBe(false);
        expect(await write(3, 5)).toBe(false);
        expect(await documents.read('c', 'k')).toEqual({ key: 'k', version: 2, value: { n: 3 } });
      }),
    );

    it(
      'is removed by the one who has seen its version, and begins anew then',
      withDocuments(open, async ({ documents }) => {
        const document = { collection: 'c', key: 'k', value: { n: 1 } };
        expect(await documents.remove('c', 'k', 1)).toBe(false);
        await documents.write({ ...document, follows: 0 });
        await documents.write({ ...document, follows: 1 });
        expect(await documents.remove('c', 'k', 1)).toBe(false);
        expect(await documents.remove('other', 'k', 2)).toBe(false);
        expect(await documents.read('c', 'k')).toMatchObject({ version: 2 });
        expect(await documents.remove('c', 'k', 2)).toBe(true);
        expect(await documents.read('c', 'k')).toBeUndefined();
        expect(await documents.list({ collection: 'c', after: '', limit: 9 })).toEqual([]);
        expect(await documents.write({ ...document, follows: 0 })).toBe(true);
        expect(await documents.read('c', 'k')).toMatchObject({ version: 1 });
      }),
    );

    it(
      'that two processes write at once loses no write',
      withDocuments(open, async ({ documents, another }) => {
        await Promise.all([countUp(documents), countUp(await another())]);
        expect(await documents.read('counters', 'c')).toEqual({
          key: 'c',
          version: 2 * TIMES,
          value: { count: 2 * TIMES },
        });
      }),
    );

    it(
      'that many create at once is created once',
      withDocuments(open, async ({ documents, another }) => {
        const stores = [documents, await another()];
        const written = await Promise.all(
          Array.from({ length: 10 }, (_, by) =>
            (stores[by % 2] as DocumentStore).write({
              collection: 'c',
              key: 'k',
              follows: 0,
              value: { by },
            }),
          ),
        );
        expect(written.filter((done) => done)).toHaveLength(1);
        expect(await documents.read('c', 'k')).toMatchObject({
          version: 1,
          value: { by: written.indexOf(true) },
        });
      }),
    );
  });
}
