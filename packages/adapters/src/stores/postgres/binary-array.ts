import type { Value } from '../relational/workflow-row.ts';
import type { ColumnType } from './columns.ts';

/*
 * Arrays in PostgreSQL's binary format (array_recv). It needs no escaping, where JSON needs a backslash for
 * every quote, and the server parses each value once.
 */

const OIDS: Readonly<Record<ColumnType, number>> = { text: 25, bigint: 20, json: 114 };
/** Dimensions, null flag, element type, length, first index. */
const HEADER_BYTES = 20;

/** Encodes `values` as a one-dimensional array. */
export function binaryArray(type: ColumnType, values: readonly Value[]): Buffer {
  const size = (value: Value): number =>
    typeof value === 'string' ? Buffer.byteLength(value) : value === null ? 0 : 8;
  const buffer = Buffer.allocUnsafe(
    values.reduce((bytes: number, value) => bytes + 4 + size(value), HEADER_BYTES),
  );
  buffer.writeInt32BE(1, 0);
  buffer.writeInt32BE(values.includes(null) ? 1 : 0, 4);
  buffer.writeInt32BE(OIDS[type], 8);
  buffer.writeInt32BE(values.length, 12);
  buffer.writeInt32BE(1, 16);
  let at = HEADER_BYTES;
  for (const value of values) {
    if (value === null) {
      at = buffer.writeInt32BE(-1, at);
    } else if (typeof value === 'number') {
      at = buffer.writeInt32BE(8, at);
      at = buffer.writeBigInt64BE(BigInt(value), at);
    } else {
      const start = at + 4;
      const written = buffer.write(value, start);
      buffer.writeInt32BE(written, at);
      at = start + written;
    }
  }
  return buffer;
}
