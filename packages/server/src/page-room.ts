import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import { messageWriter } from './messages/message-codec.ts';

/**
 * How much of a reply a page may fill. Clients receive 4 MiB unless they are told otherwise, and
 * there is more in a reply than its page.
 */
const MAX_PAGE_BYTES = 3 * 1024 * 1024;

/** How many values: those who write a page do nothing else meanwhile. */
const MAX_PAGE_VALUES = 12_500;

/** What is left of the room on a page, for one entry after another. */
export interface PageRoom<M> {
  /**
   * Whether `item` still fits; then its room is taken. The first always fits, since a page without any
   * would not lead on.
   */
  take(item: M): boolean;
  /** How many entries like those so far are worth reading at once. */
  readonly portion: number;
  /** Whether so much was taken that it holds the event loop for milliseconds. */
  readonly isLarge: boolean;
}

const LARGE_BYTES = 256 * 1024;
const LARGE_VALUES = 2_500;

/** The number of entries to read first, while their sizes are unknown. */
const FIRST_PORTION = 2;

/** A part of what a page holds. */
const PORTION_BYTES = MAX_PAGE_BYTES / 4;
const PORTION_VALUES = MAX_PAGE_VALUES / 4;

export function createPageRoom<D extends DescMessage>(schema: D): PageRoom<MessageShape<D>> {
  const write = messageWriter(schema);
  let taken = 0;
  let bytes = 0;
  let values = 0;
  return {
    take(item) {
      values += valuesIn(item);
      // Counted first: it costs less.
      if (taken > 0 && values > MAX_PAGE_VALUES) return false;
      bytes += write(item).length;
      if (taken > 0 && bytes > MAX_PAGE_BYTES) return false;
      taken += 1;
      return true;
    },
    get portion() {
      if (taken === 0) return FIRST_PORTION;
      const share = Math.max(bytes / PORTION_BYTES, values / PORTION_VALUES) / taken;
      return Math.max(1, Math.floor(1 / share));
    },
    get isLarge() {
      return bytes > LARGE_BYTES || values > LARGE_VALUES;
    },
  };
}

function valuesIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  let values = 1;
  for (const member of Object.values(value)) values += valuesIn(member);
  return values;
}
