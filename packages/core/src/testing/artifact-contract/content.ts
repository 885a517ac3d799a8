import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  aMeta,
  bytesOf,
  inPieces,
  type OpenArtifactHarness,
  textOf,
  whole,
  withArtifacts,
} from './harness.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

export function artifactContentContract(open: OpenArtifactHarness): void {
  describe('the content of an artifact', () => {
    it(
      'comes back as it was written, for another process, too, and is found by its digest',
      withArtifacts(open, async ({ store, another }) => {
        const content = bytesOf('ünï 🎈\r\n\u0000 \u001b[31mred\n'.repeat(500));
        const written = await store.write(aMeta({ treeDigest: 'tree-1' }), content);
        expect(written).toEqual({
          ...aMeta({ treeDigest: 'tree-1' }),
          number: 1,
          digest: sha256(content),
          size: content.length,
          compressedSize: written.compressedSize,
          truncated: false,
          superseded: false,
        });
        expect(written.compressedSize).toBeLessThan(content.length / 4);
        const elsewhere = await another();
        expect(await whole(elsewhere.read(written))).toEqual(content);
        expect(await elsewhere.list({ workflowId: 'wf_1', after: 0, limit: 10 })).toEqual([
          written,
        ]);
      }),
    );

    it(
      'may be nothing, or bytes that are no text, and may come in pieces',
      withArtifacts(open, async ({ store }) => {
        const nothing = await store.write(aMeta({ name: 'nothing' }), new Uint8Array());
        expect(nothing).toMatchObject({ size: 0, truncated: false });
        expect(await whole(store.read(nothing))).toEqual(new Uint8Array());
        const noise = new Uint8Array(randomBytes(200_000));
        const kept = await store.write(aMeta({ name: 'noise' }), noise);
        expect(await whole(store.read(kept))).toEqual(noise);
        const pieces = await store.write(aMeta({ name: 'pieces' }), inPieces('a', '', 'bc'));
        expect(pieces.digest).toBe(sha256(bytesOf('abc')));
        expect(await textOf(store.read(pieces))).toBe('abc');
      }),
    );

    it(
      'is read by ranges, which end where it ends',
      withArtifacts(open, async ({ store }) => {
        const { workflowId, digest } = await store.write(aMeta(), bytesOf('0123456789'));
        const part = (from?: number, to?: number) =>
          textOf(store.read({ workflowId, digest }, { from, to }));
        expect(await part(2, 5)).toBe('234');
        expect(await part(7)).toBe('789');
        expect(await part(undefined, 2)).toBe('01');
        expect(await part(4, 4)).toBe('');
        expect(await part(8, 100)).toBe('89');
        expect(await part(100, 200)).toBe('');
        for (const range of [{ from: -1 }, { from: 1.5 }, { from: 5, to: 4 }, { to: Number.NaN }]) {
          await expect(whole(store.read({ workflowId, digest }, range))).rejects.toMatchObject({
            code: 'invalid_input',
          });
        }
      }),
    );

    it(
      'is kept once for all artifacts of a workflow that have it',
      withArtifacts(open, async ({ store, another }) => {
        const content = new Uint8Array(randomBytes(10_000));
        const one = await store.write(aMeta({ attempt: 1 }), content);
        const two = await store.write(aMeta({ attempt: 2 }), content);
        expect([one.number, two.number]).toEqual([1, 2]);
        expect(two.digest).toBe(one.digest);
        const elsewhere = await another();
        expect(await whole(elsewhere.read(two))).toEqual(content);
        const { bytes } = await store.prune({ now: 1e13, afterMs: 0 });
        expect(bytes).toBe(one.compressedSize);
      }),
    );

    it(
      'is of its workflow alone',
      withArtifacts(open, async ({ store }) => {
        const { digest } = await store.write(aMeta(), bytesOf('mine'));
        const reading = whole(store.read({ workflowId: 'wf_2', digest }));
        await expect(reading).rejects.toMatchObject({ code: 'not_found' });
        const unknown = { workflowId: 'wf_1', digest: 'f'.repeat(64) };
        await expect(whole(store.read(unknown))).rejects.toMatchObject({ code: 'not_found' });
        await expect(
          whole(store.read({ workflowId: 'wf_1', digest: '../../etc/passwd' })),
        ).rejects.toMatchObject({ code: 'invalid_input' });
      }),
    );

    it(
      'that is too long keeps its beginning and its end, and whole characters',
      withArtifacts(open, async ({ another }) => {
        const store = await another({ maxArtifactBytes: 1000 });
        const long = `begin${'é'.repeat(5000)}end`;
        for (const source of [bytesOf(long), inPieces('begin', 'é'.repeat(5000), 'end')]) {
          const kept = await store.write(aMeta(), source);
          expect(kept).toMatchObject({ truncated: true, number: 1 });
          const text = await textOf(store.read(kept));
          expect(text).toMatch(/^beginé+\n\[\.\.\. \d+ bytes left out \.\.\.\]\né+end$/);
          expect(kept.size).toBe(bytesOf(text).length);
          expect(kept.size).toBeLessThan(1100);
        }
        const fits = await store.write(aMeta({ name: 'fits' }), bytesOf('x'.repeat(1000)));
        expect(fits).toMatchObject({ truncated: false, size: 1000 });
      }),
    );

    it(
      'that was damaged is not given out',
      withArtifacts(open, async ({ store, damage, another }) => {
        const { workflowId, digest } = await store.write(aMeta(), bytesOf('what was said'));
        await damage(workflowId, digest);
        const elsewhere = await another();
        await expect(whole(elsewhere.read({ workflowId, digest }))).rejects.toMatchObject({
          code: 'data_loss',
          message: expect.stringContaining(digest),
        });
      }),
    );

    it(
      'that breaks off while it comes is not kept, and its reason is told',
      withArtifacts(open, async ({ store }) => {
        async function* broken() {
          yield bytesOf('half');
          throw new Error('the pipe broke');
        }
        await expect(store.write(aMeta(), broken())).rejects.toMatchObject({
          name: 'BatonError',
          message: expect.stringContaining('the pipe broke'),
        });
        expect(await store.list({ workflowId: 'wf_1', after: 0, limit: 10 })).toEqual([]);
      }),
    );
  });
}
