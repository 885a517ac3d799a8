import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { type BinaryReader, type BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/**
 * google.protobuf.Struct between bytes and plain JSON, without the message objects in between, of
 * which protobuf-es makes several for each value. Field numbers as in google/protobuf/struct.proto.
 */

/** The tag of a field 1 with a length. */
const FIRST = 0x0a;

/**
 * Reads the Struct that ends at `end` into `object`: a field that comes twice is merged, as protobuf
 * has it.
 *
 * @param reader of bytes that have been checked: how deep they are nested, and the names.
 * @throws Error for bytes that are no Struct.
 */
export function readStruct(reader: BinaryReader, end: number, object: JsonObject): JsonObject {
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === FIRST) readEntry(reader, endOf(reader), object);
    else skip(reader, tag);
  }
  checkEnd(reader, end);
  return object;
}

/** Writes the fields of a Struct, without what stands before a message. */
export function writeStruct(writer: BinaryWriter, data: JsonObject): void {
  for (const key of Object.keys(data)) {
    writer.tag(1, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.LengthDelimited).string(key);
    writer.tag(2, WireType.LengthDelimited).fork();
    writeValue(writer, data[key] as JsonValue);
    writer.join().join();
  }
}

/** Where the message that begins here ends. */
export function endOf(reader: BinaryReader): number {
  const length = reader.uint32();
  return reader.pos + length;
}

/** An entry of Struct { map<string, Value> fields = 1; } */
function readEntry(reader: BinaryReader, end: number, object: JsonObject): void {
  let key = '';
  let value: JsonValue = null;
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === FIRST) key = reader.string(true);
    else if (tag === 0x12) value = readValue(reader, endOf(reader));
    else skip(reader, tag);
  }
  checkEnd(reader, end);
  object[key] = value;
}

/** Value { oneof kind { null = 1; number = 2; string = 3; bool = 4; struct = 5; list = 6; } } */
function readValue(reader: BinaryReader, end: number): JsonValue {
  let value: JsonValue = null;
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case 0x08:
        reader.int32();
        value = null;
        break;
      case 0x11:
        value = reader.double();
        break;
      case 0x1a:
        value = reader.string(true);
        break;
      case 0x20:
        value = reader.bool();
        break;
      case 0x2a:
        value = readStruct(reader, endOf(reader), {});
        break;
      case 0x32:
        value = readList(reader, endOf(reader));
        break;
      default:
        skip(reader, tag);
    }
  }
  checkEnd(reader, end);
  return value;
}

/** ListValue { repeated Value values = 1; } */
function readList(reader: BinaryReader, end: number): JsonValue[] {
  const values: JsonValue[] = [];
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === FIRST) values.push(readValue(reader, endOf(reader)));
    else skip(reader, tag);
  }
  checkEnd(reader, end);
  return values;
}

/** A field must not reach out of the message that it is in. */
function checkEnd(reader: BinaryReader, end: number): void {
  if (reader.pos !== end) throw new RangeError('a field ends after its message');
}

function skip(reader: BinaryReader, tag: number): void {
  if (tag >>> 3 === 0) throw new Error(`illegal tag ${tag}`);
  reader.skip(tag & 7, tag >>> 3);
}

function writeValue(writer: BinaryWriter, value: JsonValue): void {
  switch (typeof value) {
    case 'number':
      writer.tag(2, WireType.Bit64).double(value);
      return;
    case 'string':
      writer.tag(3, WireType.LengthDelimited).string(value);
      return;
    case 'boolean':
      writer.tag(4, WireType.Varint).bool(value);
      return;
  }
  if (value === null) {
    writer.tag(1, WireType.Varint).int32(0);
  } else if (Array.isArray(value)) {
    writer.tag(6, WireType.LengthDelimited).fork();
    for (const item of value) {
      writer.tag(1, WireType.LengthDelimited).fork();
      writeValue(writer, item);
      writer.join();
    }
    writer.join();
  } else {
    writer.tag(5, WireType.LengthDelimited).fork();
    writeStruct(writer, value);
    writer.join();
  }
}
