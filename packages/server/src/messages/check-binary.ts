import { isUtf8 } from 'node:buffer';
import { BatonError } from '@baton/core';
import { tooManyValues } from '@baton/core/internal';
import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { MESSAGE_LIMITS } from '../limits.ts';
import { notA } from './malformed.ts';

/**
 * Checks what a message in the binary encoding is made of, before anything is built from it.
 *
 * @throws BatonError from the returned function: `invalid_input` with the path of a field that is
 * unknown, cut off, of another kind, no UTF-8, nested too deep, or the name of a member that comes
 * twice; `limit_exceeded` for too many values.
 */
export function binaryChecker(schema: DescMessage): (bytes: Uint8Array) => void {
  return (bytes) => {
    const check: Check = { bytes, reader: new BinaryReader(bytes), path: [], values: 1 };
    try {
      checkMessage(check, schema, bytes.length, 0);
    } catch (reason) {
      if (BatonError.is(reason)) throw reason;
      const description = reason instanceof Error ? reason.message : String(reason);
      throw notA(schema, [{ field: check.path.join('.'), description }]);
    }
  };
}

/** `path` leads to what is checked; after an error, to what is wrong. */
interface Check {
  readonly bytes: Uint8Array;
  readonly reader: BinaryReader;
  readonly path: string[];
  values: number;
}

/** What a field needs to be checked. */
interface Field {
  readonly desc: DescField;
  readonly wireType: WireType;
}

const fieldsOf = new WeakMap<DescMessage, ReadonlyMap<number, Field>>();

/** A payload is what its JSON is: of these messages only what they hold has a name, and is a value. */
const STRUCT = 'google.protobuf.Struct';
const LIST = 'google.protobuf.ListValue';
const VALUE = 'google.protobuf.Value';

function checkMessage(check: Check, schema: DescMessage, end: number, depth: number): void {
  const { reader, path } = check;
  const { typeName } = schema;
  const inside = typeName === STRUCT || typeName === LIST ? depth + 1 : depth;
  if (inside > MESSAGE_LIMITS.depth) {
    throw new Error(`nested more than ${MESSAGE_LIMITS.depth} deep`);
  }
  const isNamed = typeName !== STRUCT && typeName !== LIST && typeName !== VALUE;
  const fields = lookUp(schema);
  /** What has come of lists and maps so far. Most messages have none, and there are many of them. */
  let counts: Map<DescField, number> | undefined;
  let keys: Map<DescField, Set<string>> | undefined;
  // What a Value holds is the value itself, which has been counted; what it is given beyond has not.
  let isCounted = typeName === VALUE;
  while (reader.pos < end) {
    const tag = reader.uint32();
    const field = fields.get(tag >>> 3);
    if (field === undefined) {
      const legal = schema.fields.map(({ name, number }) => `${name} = ${number}`);
      throw new Error(`unknown field ${tag >>> 3}; fields: ${legal.join(', ')}`);
    }
    const { desc, wireType } = field;
    if (isNamed) path.push(desc.name);
    if ((tag & 7) !== wireType) throw new Error(`expected wire type ${wireType}, found ${tag & 7}`);
    if (desc.fieldKind === 'map') {
      keys ??= new Map();
      const known = keys.get(desc) ?? new Set();
      keys.set(desc, known);
      if (known.size === 0 && isNamed) check.values += 1;
      checkEntry(check, desc, known, inside);
    } else if (desc.fieldKind === 'list') {
      counts ??= new Map();
      const count = counts.get(desc) ?? 0;
      counts.set(desc, count + 1);
      // A list is a value, too; that of a payload has been counted.
      if (count === 0 && isNamed) check.values += 1;
      path.push(String(count));
      checkValue(check, desc, inside);
      path.pop();
    } else {
      if (isCounted) check.values -= 1;
      isCounted = false;
      checkValue(check, desc, inside);
    }
    if (isNamed) path.pop();
  }
  if (reader.pos !== end) throw new RangeError('a field ends after its message');
}

/** An entry of a map is a message with a key, which is a text in all of ours, and a value, each once. */
function checkEntry(check: Check, desc: DescField, known: Set<string>, depth: number): void {
  const { reader, path } = check;
  const end = endOf(reader);
  const start = reader.pos;
  // The key may come after its value; a refusal of the value names it.
  const key = keyOf(reader, end);
  path.push(key);
  // Assigned to a plain object, as payloads are, it would be its prototype.
  if (key === '__proto__' && desc.parent.typeName === STRUCT) {
    throw new Error('the key __proto__ is not allowed');
  }
  if (known.has(key)) throw new Error(`expected each name once, found '${key}' twice`);
  known.add(key);
  reader.pos = start;
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === KEY) reader.skip(WireType.LengthDelimited, 1);
    else if (tag === ((2 << 3) | wireTypeOf(desc))) checkValue(check, desc, depth);
    else throw new Error(`expected the key and the value of an entry, found the tag ${tag}`);
  }
  path.pop();
}

/** The tag of a field 1 with a length. */
const KEY = 0x0a;

function keyOf(reader: BinaryReader, end: number): string {
  let key: string | undefined;
  let others = 0;
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === KEY && key === undefined) key = reader.string(true);
    else if (tag === KEY || others++ > 0)
      throw new Error('expected one key and one value of an entry');
    else reader.skip(tag & 7, tag >>> 3);
  }
  if (reader.pos !== end) throw new RangeError('a field ends after its message');
  return key ?? '';
}

function checkValue(check: Check, { message, scalar }: DescField, depth: number): void {
  const { reader } = check;
  check.values += 1;
  if (check.values > MESSAGE_LIMITS.values) throw tooManyValues(MESSAGE_LIMITS.values);
  if (message !== undefined) {
    checkMessage(check, message, endOf(reader), depth);
    return;
  }
  if (scalar === ScalarType.STRING) {
    const end = endOf(reader);
    if (end > reader.len) throw new RangeError('it is cut off');
    if (!isUtf8(check.bytes.subarray(reader.pos, end))) throw new Error('not UTF-8');
    reader.pos = end;
    return;
  }
  readScalar(reader, scalar);
}

function readScalar(reader: BinaryReader, scalar: ScalarType | undefined): void {
  switch (scalar) {
    case ScalarType.DOUBLE:
      reader.double();
      return;
    case ScalarType.FLOAT:
      reader.float();
      return;
    case ScalarType.BYTES:
      reader.bytes();
      return;
    case ScalarType.INT64:
    case ScalarType.UINT64:
    case ScalarType.SINT64:
      reader.uint64();
      return;
    default:
      // An enum, a bool, or a number of 32 bits.
      reader.int32();
  }
}

function lookUp(schema: DescMessage): ReadonlyMap<number, Field> {
  const known = fieldsOf.get(schema);
  if (known !== undefined) return known;
  const fields = new Map(
    schema.fields.map((desc): [number, Field] => {
      const wireType = desc.fieldKind === 'map' ? WireType.LengthDelimited : wireTypeOf(desc);
      return [desc.number, { desc, wireType }];
    }),
  );
  fieldsOf.set(schema, fields);
  return fields;
}

/** Of each value: no request has a list of numbers, which could also come packed. */
function wireTypeOf({ message, scalar }: DescField): WireType {
  if (message !== undefined) return WireType.LengthDelimited;
  switch (scalar) {
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return WireType.LengthDelimited;
    case ScalarType.DOUBLE:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return WireType.Bit64;
    case ScalarType.FLOAT:
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
      return WireType.Bit32;
    default:
      return WireType.Varint;
  }
}

/** Where the message or the text that begins here ends. */
function endOf(reader: BinaryReader): number {
  const length = reader.uint32();
  return reader.pos + length;
}
