import {
  create,
  type DescMessage,
  fromBinary,
  type JsonObject,
  type Message,
  mergeFromBinary,
  toBinary,
} from '@bufbuild/protobuf';
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { endOf, readStruct, writeStruct } from './struct-codec.ts';

/**
 * Messages with a Struct carry most of the bytes, and protobuf-es spends most of its time on that
 * one field. It is read and written apart from the others here; the bytes are the same protobuf.
 */

type Fields = Record<string, unknown>;

const OPTIONS = { readUnknownFields: false } as const;

/** Reads a kind of message from bytes that have been checked. */
export function messageReader(schema: DescMessage): (bytes: Uint8Array) => Message {
  const structs = structFields(schema);
  if (structs.size === 0) return (bytes) => fromBinary(schema, bytes, OPTIONS);
  return (bytes) => {
    const message = create(schema);
    const fields = message as unknown as Fields;
    const reader = new BinaryReader(bytes);
    let start = 0;
    while (reader.pos < reader.len) {
      const before = reader.pos;
      const [number, wireType] = reader.tag();
      const name = structs.get(number);
      if (name === undefined || wireType !== WireType.LengthDelimited) {
        reader.skip(wireType, number);
        continue;
      }
      if (before > start) mergeFromBinary(schema, message, bytes.subarray(start, before), OPTIONS);
      const known = fields[name] as JsonObject | undefined;
      fields[name] = readStruct(reader, endOf(reader), known ?? {});
      start = reader.pos;
    }
    if (start < reader.len) mergeFromBinary(schema, message, bytes.subarray(start), OPTIONS);
    return message;
  };
}

/** Writes a kind of message: the Structs after the other fields, in the order of their numbers. */
export function messageWriter(schema: DescMessage): (message: Message) => Uint8Array {
  const structs = [...structFields(schema)];
  if (structs.length === 0) return (message) => toBinary(schema, message);
  const without = Object.fromEntries(structs.map(([, name]) => [name, undefined]));
  return (message) => {
    const writer = new BinaryWriter();
    writer.raw(toBinary(schema, { ...message, ...without }));
    for (const [number, name] of structs) {
      const data = (message as unknown as Fields)[name] as JsonObject | undefined;
      if (data === undefined) continue;
      writer.tag(number, WireType.LengthDelimited).fork();
      writeStruct(writer, data);
      writer.join();
    }
    return writer.finish();
  };
}

const known = new WeakMap<DescMessage, ReadonlyMap<number, string>>();

/** The names of a message's own Struct fields, by number. */
export function structFields(schema: DescMessage): ReadonlyMap<number, string> {
  const found = known.get(schema);
  if (found !== undefined) return found;
  const fields = schema.fields.filter(
    ({ fieldKind, message, oneof }) =>
      fieldKind === 'message' &&
      oneof === undefined &&
      message.typeName === 'google.protobuf.Struct',
  );
  const names = new Map(fields.map(({ number, localName }) => [number, localName]));
  known.set(schema, names);
  return names;
}
