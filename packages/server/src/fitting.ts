import { type DescMessage, type MessageShape, toBinary } from '@bufbuild/protobuf';

/**
 * How much of a reply a page may fill. Clients receive 4 MiB unless they are told otherwise, and
 * there is more in a reply than its page.
 */
const MAX_PAGE_BYTES = 3 * 1024 * 1024;

/**
 * How many of `items` fit into one reply: at least one, since a page without any would not lead on.
 * Items that were left out come with the next page.
 */
export function fitting<D extends DescMessage>(
  schema: D,
  items: readonly MessageShape<D>[],
): number {
  let bytes = 0;
  const end = items.findIndex((item, index) => {
    bytes += toBinary(schema, item).length;
    return index > 0 && bytes > MAX_PAGE_BYTES;
  });
  return end === -1 ? items.length : end;
}
