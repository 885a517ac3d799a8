import type { BatonError } from '@baton/client';
import type { ListRequest, WorkflowStatus } from '@baton/core/api';
import { useCallback, useEffect, useRef, useState } from 'react';
import { heed } from '../../api/query-client.ts';
import { client, session } from '../../api/session.ts';
import { useStore } from '../../api/store.ts';
import {
  type BuildList,
  isSameList,
  NOTHING_READ,
  narrowed,
  type PageStart,
  pagesAt,
  type Read,
  takeIn,
} from './build-list.ts';

export interface BuildFilter {
  readonly project: string;
  /** The name of a state, or of {@link AWAITING}. */
  readonly state: string;
  readonly role: string;
  readonly search: string;
}

export interface Builds {
  readonly rows: readonly WorkflowStatus[];
  readonly isPending: boolean;
  readonly hasMore: boolean;
  readonly error: BatonError | undefined;
  /** Says which rows are seen: those are kept up to date, and more are read near the end. */
  readonly show: (first: number, last: number) => void;
}

/** What builds may wait for a person for, as the address has it. */
export const AWAITING: Readonly<Record<string, NonNullable<ListRequest['awaiting']>>> = {
  'awaiting:approval': 'approval',
  'awaiting:answers': 'answers',
};

const PAGE = 100;
const AGAIN_MS = 3_000;
/** Rows before the end at which the next page is read. */
const AHEAD = 60;

/** The builds that match, newest first: what is seen is read again every few seconds. */
export function useBuilds({ project, state, role, search }: BuildFilter): Builds {
  const { key, asking } = useStore(session);
  const [shown, setShown] = useState<Shown>(() => {
    const list = kept.get(nameOf(key, filterOf({ project, state, role, search })));
    return { list: list ?? NOTHING_READ, isPending: list === undefined, error: undefined };
  });
  const last = useRef<Read>(undefined);
  const seen = useRef({ first: 0, last: 0 });
  const more = useRef<() => void>(() => undefined);
  const isAsking = asking !== undefined;
  useEffect(() => {
    if (isAsking) return;
    const filter = filterOf({ project, state, role, search });
    const name = nameOf(key, filter);
    const tell = (patch: Partial<Shown>) => {
      if (patch.list !== undefined) {
        keep(name, patch.list);
        last.current = { key, filter, list: patch.list };
      }
      setShown((before) => ({ ...before, ...patch, isPending: false }));
    };
    const known = kept.get(name);
    const foreseen = known?.rows ?? narrowed(last.current, { key, filter });
    if (known !== undefined) last.current = { key, filter, list: known };
    if (foreseen !== undefined) {
      const list = known ?? { ...NOTHING_READ, rows: foreseen };
      setShown((before) => ({ ...before, list, isPending: false, error: undefined }));
    }
    const reader = startReading(filter, known ?? NOTHING_READ, seen.current, tell);
    more.current = reader.more;
    return reader.end;
  }, [project, state, role, search, key, isAsking]);
  const show = useCallback((first: number, last: number) => {
    seen.current.first = first;
    seen.current.last = last;
    more.current();
  }, []);
  const { list, isPending, error } = shown;
  return { rows: list.rows, isPending, hasMore: list.next !== undefined, error, show };
}

interface Shown extends Pick<Builds, 'error' | 'isPending'> {
  readonly list: BuildList;
}

/** Lists as they were read last, by what was asked for: shown until they are read again. */
const kept = new Map<string, BuildList>();
const MOST_KEPT = 20;

function keep(name: string, list: BuildList): void {
  kept.delete(name);
  kept.set(name, list);
  const [oldest] = kept.keys();
  if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
}

function nameOf(key: string | undefined, filter: ListRequest): string {
  return JSON.stringify([key, filter]);
}

function filterOf({ project, state, role, search }: BuildFilter): ListRequest {
  return {
    newestFirst: true,
    ...(project !== '' && { projectId: project }),
    ...standingOf(state),
    ...(role !== '' && { role }),
    ...(search.trim() !== '' && { search: search.trim() }),
  };
}

function standingOf(state: string): Pick<ListRequest, 'state' | 'awaiting'> {
  if (state === '') return {};
  return Object.hasOwn(AWAITING, state) ? { awaiting: AWAITING[state] } : { state };
}

interface Reader {
  /** Reads the next page if its rows come into view. */
  more(): void;
  end(): void;
}

/** One page at a time: what is read for a filter that has changed meanwhile is left aside. */
function startReading(
  filter: ListRequest,
  known: BuildList,
  seen: { readonly first: number; readonly last: number },
  tell: (patch: { list?: BuildList; error?: BatonError | undefined }) => void,
): Reader {
  let list = known;
  let told = list;
  let isEnded = false;
  let hasFailed = false;
  let isReading = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const read = async (start: PageStart) => {
    const page = await client().list({ ...filter, pageSize: PAGE, pageToken: start.token });
    if (!isEnded) list = takeIn(list, start, page);
  };
  const wantsMore = () => list.next !== undefined && seen.last + AHEAD > list.rows.length;
  const run = async (isAgain: boolean) => {
    if (isReading || isEnded) return;
    isReading = true;
    try {
      if (isAgain) for (const start of pagesAt(list, seen.first, seen.last)) await read(start);
      while (!isEnded && wantsMore() && list.next !== undefined) await read(list.next);
      if (isEnded) return;
      // What has not changed is told once, or to take back an error.
      if (told !== NOTHING_READ && !hasFailed && isSameList(list, told)) return;
      hasFailed = false;
      told = list;
      tell({ list, error: undefined });
    } catch (reason) {
      if (isEnded) return;
      hasFailed = true;
      tell({ error: heed(reason) });
    } finally {
      isReading = false;
    }
  };
  const again = async () => {
    await run(list.pages.length > 0);
    if (!isEnded) timer = setTimeout(again, AGAIN_MS);
  };
  void again();
  return {
    more: () => {
      if (wantsMore()) void run(false);
    },
    end: () => {
      isEnded = true;
      clearTimeout(timer);
    },
  };
}
