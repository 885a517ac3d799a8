import { describe, expect, it } from 'vitest';
import type { PermitRequest, WorkflowStore } from '../../ports/workflow-store.ts';
import { type OpenHarness, withStore } from './harness.ts';

/** Takes one of two permits of `a`, unless it is told otherwise. */
function take(store: WorkflowStore, holder: string, request: Partial<PermitRequest> = {}) {
  const permits = [{ name: 'a', max: 2 }];
  return store.takePermits({ permits, holder, now: 1000, expiresAt: 2000, ...request });
}

export function permitContract(open: OpenHarness): void {
  describe('permits', () => {
    it(
      'are taken by as many holders as there are, and again once they are given back',
      withStore(open, async ({ store }) => {
        expect(await take(store, 'one')).toEqual([]);
        expect(await take(store, 'two')).toEqual([]);
        expect(await take(store, 'three')).toEqual(['a']);
        await store.returnPermits('three', ['a', 'unknown']);
        expect(await take(store, 'three')).toEqual(['a']);
        await store.returnPermits('one', ['a']);
        expect(await take(store, 'three')).toEqual([]);
        expect(await take(store, 'one')).toEqual(['a']);
      }),
    );

    it(
      'end by themselves, and later for who takes them anew',
      withStore(open, async ({ store }) => {
        await take(store, 'one');
        await take(store, 'two');
        expect(await take(store, 'one', { now: 1999, expiresAt: 3000 })).toEqual([]);
        expect(await take(store, 'three', { now: 1999, expiresAt: 3000 })).toEqual(['a']);
        expect(await take(store, 'three', { now: 2000, expiresAt: 3000 })).toEqual([]);
        expect(await take(store, 'two', { now: 2000, expiresAt: 3000 })).toEqual(['a']);
      }),
    );

    it(
      'are taken of all names or of none',
      withStore(open, async ({ store }) => {
        const permits = [
          { name: 'b', max: 5 },
          { name: 'a', max: 1 },
          { name: 'c', max: 1 },
        ];
        await take(store, 'one', { permits: permits.slice(1) });
        expect([...(await take(store, 'two', { permits }))].sort()).toEqual(['a', 'c']);
        const b = [{ name: 'b', max: 1 }];
        expect(await take(store, 'three', { permits: b })).toEqual([]);
        expect(await take(store, 'one', { permits: b })).toEqual(['b']);
      }),
    );

    it(
      'go from one holder to the next that it makes room for',
      withStore(open, async ({ store }) => {
        const permits = [{ name: 'a', max: 1 }];
        await take(store, 'one', { permits });
        expect(await take(store, 'two', { permits, insteadOf: 'other' })).toEqual(['a']);
        expect(await take(store, 'two', { permits, insteadOf: 'one' })).toEqual([]);
        expect(await take(store, 'three', { permits, insteadOf: 'one' })).toEqual(['a']);
        await store.returnPermits('one', ['a']);
        expect(await take(store, 'three', { permits })).toEqual(['a']);
        await store.returnPermits('two', ['a']);
        expect(await take(store, 'three', { permits })).toEqual([]);
      }),
    );

    it(
      'stay with who has one while another that it makes room for begins',
      withStore(open, async ({ store }) => {
        const permits = [{ name: 'a', max: 1 }];
        await take(store, 'one', { permits });
        await take(store, 'two', { permits, insteadOf: 'one' });
        expect(await take(store, 'one', { permits, expiresAt: 3000 })).toEqual([]);
        expect(await take(store, 'two', { permits, insteadOf: 'two' })).toEqual([]);
        const later = { permits, now: 2500, expiresAt: 4000 };
        expect(await take(store, 'two', later)).toEqual(['a']);
        expect(await take(store, 'one', later)).toEqual([]);
      }),
    );

    it(
      'are never more than there are, however many ask at once, and have any name',
      withStore(open, async ({ store }) => {
        const name = `family:${'x'.repeat(240)} ':{}"\\ \u{1f600}`;
        const permits = [{ name, max: 7 }];
        const asked = Array.from({ length: 40 }, (_, i) => take(store, `holder-${i}`, { permits }));
        const full = (await Promise.all(asked)).filter((names) => names.length > 0);
        expect(full).toHaveLength(33);
        expect(full[0]).toEqual([name]);
      }),
    );
  });
}
