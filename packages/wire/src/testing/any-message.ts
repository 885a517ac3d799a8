import {
  create,
  type DescField,
  type DescMessage,
  type Message,
  ScalarType,
} from '@bufbuild/protobuf';
import { durationFromMs, timestampFromMs } from '@bufbuild/protobuf/wkt';
import fc from 'fast-check';

/** Any message of a kind whose durations and times are whole milliseconds and whose counts core can hold. */
export function anyMessage(schema: DescMessage): fc.Arbitrary<Message> {
  return anyFields(schema).map((fields) => create(schema, fields));
}

function anyFields(schema: DescMessage): fc.Arbitrary<Record<string, unknown>> {
  const fields = schema.fields.map((field) => [field.localName, anyField(field)] as const);
  return fc.record(Object.fromEntries(fields), { requiredKeys: [] });
}

function anyField(field: DescField): fc.Arbitrary<unknown> {
  const one = anyOne(field);
  if (field.fieldKind === 'list') return fc.array(one, { maxLength: 3 });
  if (field.fieldKind === 'map') return fc.dictionary(anyText, one, { maxKeys: 3 });
  return one;
}

const anyText = fc
  .string({ unit: 'grapheme', maxLength: 8 })
  .filter((text) => text !== '__proto__');
/** No payload may have that key, however deep: it is refused. */
const anyJson = fc
  .jsonValue({ maxDepth: 2 })
  .filter((value) => !JSON.stringify(value).includes('"__proto__":'));
const anyTime = fc.integer({ min: 0, max: 253_402_300_799_000 });

function anyOne({ message, scalar }: DescField): fc.Arbitrary<unknown> {
  switch (message?.typeName) {
    case undefined:
      return anyScalar(scalar);
    case 'google.protobuf.Struct':
      return fc.dictionary(anyText, anyJson, { maxKeys: 3 });
    case 'google.protobuf.Timestamp':
      return anyTime.map(timestampFromMs);
    case 'google.protobuf.Duration':
      return anyTime.map(durationFromMs);
    default:
      return anyFields(message as DescMessage);
  }
}

function anyScalar(scalar: ScalarType | undefined): fc.Arbitrary<unknown> {
  switch (scalar) {
    case ScalarType.UINT32:
      return fc.nat({ max: 0xffff_ffff });
    case ScalarType.SINT32:
      return fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff });
    case ScalarType.UINT64:
      return fc.bigInt({ min: 0n, max: BigInt(Number.MAX_SAFE_INTEGER) });
    case ScalarType.DOUBLE:
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case ScalarType.BOOL:
      return fc.boolean();
    default:
      return anyText;
  }
}
