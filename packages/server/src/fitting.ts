import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import { messageWriter } from './messages/message-codec.ts';

/**
 * How much of a reply a page may fill. Clients receive 4 MiB unless they are told otherwise, and
 * there is more in a reply than its page.
 */
const MAX_PAGE_BYTES = 3 * 1024 * 1024;

/** How many values: those who write a page do nothing else meanwhile. */
const MAX_PAGE_VALUES = 25_000;

/**
 * How many of `items` fit into one reply: at least one, since a page without any would not lead on.
 * Items that were left out come with the next page.
 */
export function fitting<D extends DescMessage>(
  schema: D,
  items: readonly MessageShape<D>[],
): number {
  const write = messageWriter(schema);
  let bytes = 0;
  let values = 0;
  const end = items.findIndex((item, index) => {
    values += valuesIn(item);
    // Counted first: it costs less.
    if (index > 0 && values > MAX_PAGE_VALUES) return true;
    bytes += write(item).length;
    return index > 0 && bytes > MAX_PAGE_BYTES;
  });
  return end === -1 ? items.length : end;
}

function valuesIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  let values = 1;
  for (const member of Object.values(value)) values += valuesIn(member);
  return values;
}
