import type { WorkflowStatus } from '@baton/core/api';
import { expect, it } from 'vitest';
import { BEGINNING, isSameList, NOTHING_READ, narrowed, pagesAt, takeIn } from './build-list.ts';

/** Builds by when they were started: `10` is newer than `9`. */
function page(starts: readonly number[], nextPageToken: string | undefined, revision = 1) {
  const workflows = starts.map(
    (createdAt) => ({ workflowId: `wf_${createdAt}`, createdAt, revision }) as WorkflowStatus,
  );
  return { workflows, nextPageToken };
}

const first = takeIn(NOTHING_READ, BEGINNING, page([9, 8, 7], 'behind 7'));
const both = takeIn(first, { token: 'behind 7', after: 'wf_7' }, page([6, 5], undefined));
const startsOf = ({ rows }: typeof both) => rows.map(({ createdAt }) => createdAt);

it('puts the next page behind the one before', () => {
  expect(startsOf(both)).toEqual([9, 8, 7, 6, 5]);
  expect(both.next).toBeUndefined();
});

it('takes in new builds at the beginning and loses none behind them', () => {
  const again = takeIn(both, BEGINNING, page([11, 10, 9], 'behind 9', 2));
  expect(startsOf(again)).toEqual([11, 10, 9, 8, 7, 6, 5]);
  expect(again.rows[2]?.revision).toBe(2);
});

it('drops what a page no longer has', () => {
  const again = takeIn(both, BEGINNING, page([9, 7, 6], 'behind 6'));
  expect(startsOf(again)).toEqual([9, 7, 6, 5]);
});

it('drops everything behind a page that is now the last', () => {
  const again = takeIn(both, BEGINNING, page([9], undefined));
  expect(startsOf(again)).toEqual([9]);
  expect(again.pages).toEqual([BEGINNING]);
});

it('reads a later page again in its own place', () => {
  const again = takeIn(both, { token: 'behind 7', after: 'wf_7' }, page([6, 5], undefined, 3));
  expect(startsOf(again)).toEqual([9, 8, 7, 6, 5]);
  expect(again.rows.map(({ revision }) => revision)).toEqual([1, 1, 1, 3, 3]);
});

it('reads again what is seen, and the beginning', () => {
  expect(pagesAt(both, 3, 4).map(({ token }) => token)).toEqual([undefined, 'behind 7']);
  expect(pagesAt(both, 0, 2).map(({ token }) => token)).toEqual([undefined]);
});

it('keeps the object of a build that has not changed, and takes a new one for one that has', () => {
  const same = takeIn(both, BEGINNING, page([9, 8, 7], 'behind 7'));
  expect(same.rows[0]).toBe(both.rows[0]);
  expect(isSameList(same, both)).toBe(true);
  const changed = takeIn(both, BEGINNING, page([9, 8, 7], 'behind 7', 2));
  expect(changed.rows[0]).not.toBe(both.rows[0]);
  expect(isSameList(changed, both)).toBe(false);
});

it('knows the rows of a search that goes on from one whose list is whole', () => {
  const rows = ['shop-1', 'shop-12', 'Shop-2'].map(
    (buildId) => ({ workflowId: buildId, buildId, userId: 'ada', revision: 1 }) as WorkflowStatus,
  );
  const list = takeIn(NOTHING_READ, BEGINNING, { workflows: rows, nextPageToken: undefined });
  const before = { key: 'k', filter: { newestFirst: true, search: 'shop-' }, list };
  const found = (search: string, changed = {}) =>
    narrowed({ ...before, ...changed }, { key: 'k', filter: { newestFirst: true, search } })?.map(
      ({ buildId }) => buildId,
    );
  expect(found('shop-1')).toEqual(['shop-1', 'shop-12']);
  expect(found('SHOP-2')).toEqual(['Shop-2']);
  // A wider search, one of another state or of another caller, and one that goes on from a part have other rows.
  expect(found('shop')).toBeUndefined();
  expect(found('shop-1', { filter: { ...before.filter, state: 'error' } })).toBeUndefined();
  expect(found('shop-1', { key: 'other' })).toBeUndefined();
  expect(found('shop-1', { list: { ...list, next: BEGINNING } })).toBeUndefined();
  expect(found('shop-1', { list: NOTHING_READ })).toBeUndefined();
});
