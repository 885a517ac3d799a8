import type { ListRequest, WorkflowStatus } from '@baton/core/api';

/*
 * The part of a long list that has been read, newest first.
 *
 * 1. `rows` has no gap and no row twice: it is the beginning of the list as it was read.
 * 2. A row that has not changed is the same object: what shows it need not render again.
 * 3. New builds come at the beginning alone, so a page that was read by a token begins behind the same row for ever.
 */

export interface BuildPage {
  readonly workflows: readonly WorkflowStatus[];
  readonly nextPageToken: string | undefined;
}

/** Where a page begins: behind the row `after`; at the beginning without one. */
export interface PageStart {
  readonly token: string | undefined;
  readonly after: string | undefined;
}

export interface BuildList {
  readonly rows: readonly WorkflowStatus[];
  /** The pages that were read, in order. */
  readonly pages: readonly PageStart[];
  /** Where the list goes on; undefined: at its end. */
  readonly next: PageStart | undefined;
}

export const BEGINNING: PageStart = { token: undefined, after: undefined };

export const NOTHING_READ: BuildList = { rows: [], pages: [], next: BEGINNING };

/** A list, and what it was asked for by. */
export interface Read {
  readonly key: string | undefined;
  readonly filter: ListRequest;
  readonly list: BuildList;
}

/**
 * The rows of a search that goes on from one whose list is whole, as the server will find them; undefined: it has to be
 * asked.
 */
export function narrowed(
  before: Read | undefined,
  { key, filter }: Pick<Read, 'key' | 'filter'>,
): readonly WorkflowStatus[] | undefined {
  if (before === undefined || before.key !== key) return undefined;
  const { search: from = '', ...others } = before.filter;
  const { search = '', ...same } = filter;
  const isWhole = before.list.pages.length > 0 && before.list.next === undefined;
  const goesOn = search.toLowerCase().includes(from.toLowerCase());
  if (!isWhole || !goesOn || JSON.stringify(others) !== JSON.stringify(same)) return undefined;
  const wanted = search.toLowerCase();
  return before.list.rows.filter(({ buildId, userId }) =>
    [buildId, userId].some((name) => name.toLowerCase().includes(wanted)),
  );
}

/** Takes in a page: the next one, or one that was read before and is read again. */
export function takeIn(list: BuildList, start: PageStart, page: BuildPage): BuildList {
  const { nextPageToken } = page;
  const workflows = unchangedKept(list.rows, page.workflows);
  const before = list.rows.slice(0, placeBehind(list.rows, start.after));
  const last = workflows.at(-1);
  const isNew = !list.pages.some(({ token }) => token === start.token);
  const goesOn =
    nextPageToken === undefined
      ? undefined
      : { token: nextPageToken, after: last?.workflowId ?? start.after };
  const isEnd = nextPageToken === undefined;
  // What lies behind the page was read with other pages, and stays until they are read again.
  const behind = isEnd || isNew || last === undefined ? [] : rowsBehind(list.rows, last);
  return {
    rows: [...before, ...workflows, ...behind],
    pages: isNew ? [...list.pages, start] : isEnd ? upTo(list.pages, start) : list.pages,
    next: isNew || isEnd ? goesOn : list.next,
  };
}

function unchangedKept(
  before: readonly WorkflowStatus[],
  now: readonly WorkflowStatus[],
): readonly WorkflowStatus[] {
  const known = new Map(before.map((row) => [row.workflowId, row]));
  return now.map((row) => {
    const old = known.get(row.workflowId);
    // A claim is renewed without a new revision.
    const isSame = old?.revision === row.revision && old.claim?.expiresAt === row.claim?.expiresAt;
    return isSame && old !== undefined ? old : row;
  });
}

/** Whether two lists show the same. */
export function isSameList(one: BuildList, other: BuildList): boolean {
  return (
    one.next?.token === other.next?.token &&
    one.rows.length === other.rows.length &&
    one.rows.every((row, index) => row === other.rows[index])
  );
}

function upTo(pages: readonly PageStart[], { token }: PageStart): readonly PageStart[] {
  return pages.slice(0, pages.findIndex((one) => one.token === token) + 1);
}

/** The rows that are older than `last`, which may have gone from the list since. */
function rowsBehind(
  rows: readonly WorkflowStatus[],
  last: WorkflowStatus,
): readonly WorkflowStatus[] {
  const at = rows.findIndex(({ workflowId }) => workflowId === last.workflowId);
  if (at !== -1) return rows.slice(at + 1);
  return rows.filter(({ createdAt }) => createdAt < last.createdAt);
}

function placeBehind(rows: readonly WorkflowStatus[], after: string | undefined): number {
  if (after === undefined) return 0;
  const at = rows.findIndex(({ workflowId }) => workflowId === after);
  return at === -1 ? rows.length : at + 1;
}

/** The pages that have rows between two places, and the first, in which new builds come. */
export function pagesAt(
  { rows, pages }: BuildList,
  first: number,
  last: number,
): readonly PageStart[] {
  const begins = pages.map(({ after }) => placeBehind(rows, after));
  return pages.filter((_page, index) => {
    const begin = begins[index] ?? 0;
    const end = begins[index + 1] ?? rows.length;
    return index === 0 || (begin <= last && end > first);
  });
}
