import { useVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useCallback } from 'react';
import { useHasPainted } from '../api/use-has-painted.ts';
import { firstRect } from './first-rect.ts';

/** Rows of a block. The virtualizer places every item anew when their number changes, so it gets blocks of rows. */
const BLOCK = 16;

interface Rows {
  /** What scrolls. */
  readonly frame: RefObject<HTMLElement | null>;
  readonly count: number;
  /** Height of a row, in pixels. */
  readonly sizeOf: (row: number) => number;
}

interface RowBlock {
  readonly key: number;
  /** Style of the box that holds its rows, one below the other. */
  readonly style: { readonly transform: string };
  readonly rows: readonly number[];
}

interface RowBlocks {
  /** Those that are seen, and one more at each side. */
  readonly blocks: readonly RowBlock[];
  /** Of all rows, in pixels. */
  readonly height: number;
  /** Scrolls until a row is the first that is seen. */
  readonly show: (row: number) => void;
  readonly showEnd: () => void;
}

/** A long list of rows of known heights: only the blocks that are seen are in the page. */
export function useRowBlocks({ frame, count, sizeOf }: Rows): RowBlocks {
  const last = Math.ceil(count / BLOCK) - 1;
  const virtual = useVirtualizer<HTMLElement, HTMLElement>({
    count: last + 1,
    getScrollElement: () => frame.current,
    initialRect: firstRect(),
    estimateSize: (block) => sizeOfRows(block * BLOCK, endOf(block, count), sizeOf),
    // A new function has all blocks measured anew: the last one may have grown.
    getItemKey: useCallback((block: number) => block, [count]),
    // Those beside them are no part of the first picture.
    overscan: useHasPainted() ? 1 : 0,
  });
  return {
    blocks: virtual.getVirtualItems().map(({ index, start }) => ({
      key: index,
      style: { transform: `translateY(${start}px)` },
      rows: Array.from(
        { length: endOf(index, count) - index * BLOCK },
        (_row, at) => index * BLOCK + at,
      ),
    })),
    height: virtual.getTotalSize(),
    show: (row) => {
      const block = Math.floor(row / BLOCK);
      const [start = 0] = virtual.getOffsetForIndex(block, 'start') ?? [];
      virtual.scrollToOffset(start + sizeOfRows(block * BLOCK, row, sizeOf));
    },
    showEnd: useCallback(() => virtual.scrollToIndex(last, { align: 'end' }), [virtual, last]),
  };
}

function endOf(block: number, count: number): number {
  return Math.min((block + 1) * BLOCK, count);
}

function sizeOfRows(from: number, to: number, sizeOf: (row: number) => number): number {
  let size = 0;
  for (let row = from; row < to; row++) size += sizeOf(row);
  return size;
}
