import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import { isPlainObject, kindOf, payload, text } from './json.ts';
import { invalid } from './present.ts';

const MAX_UINT32 = 0xffff_ffff;

/**
 * `members` as they can be put on the wire under the names of `schema`, without those that have no
 * value. Protobuf would drop or change what does not fit, or fail without saying where.
 *
 * @throws BatonError `invalid_input` that names the member.
 */
export function encodable(schema: DescMessage, members: unknown, path = ''): object {
  if (!isPlainObject(members)) throw invalid(path, `expected an object, found ${kindOf(members)}`);
  const entries = Object.entries(members).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const here = path === '' ? name : `${path}.${name}`;
    const field = schema.fields.find(({ localName }) => localName === name);
    if (field === undefined) throw invalid(here, 'there is no such member');
    return [[name, whole(field, value, here)]];
  });
  return Object.fromEntries(entries);
}

function whole(field: DescField, value: unknown, path: string): unknown {
  switch (field.fieldKind) {
    case 'list':
      if (!Array.isArray(value)) throw invalid(path, `expected an array, found ${kindOf(value)}`);
      return value.map((item, index) => single(field, item, `${path}.${index}`));
    case 'map': {
      if (!isPlainObject(value)) throw invalid(path, `expected an object, found ${kindOf(value)}`);
      const entries = Object.entries(value).map(([key, item]) => [
        text(key, path),
        single(field, item, `${path}.${key}`),
      ]);
      return Object.fromEntries(entries);
    }
    default:
      return single(field, value, path);
  }
}

function single({ message, scalar }: DescField, value: unknown, path: string): unknown {
  switch (message?.typeName) {
    case undefined:
      return checked(scalar, value, path);
    case 'google.protobuf.Struct':
      return payload(value, path);
    case 'google.protobuf.Duration':
      return value;
    default:
      return encodable(message as DescMessage, value, path);
  }
}

function checked(scalar: ScalarType | undefined, value: unknown, path: string): unknown {
  switch (scalar) {
    case ScalarType.STRING:
      if (typeof value === 'string') return text(value, path);
      throw invalid(path, `expected text, found ${kindOf(value)}`);
    case ScalarType.UINT32:
      if (Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MAX_UINT32)
        return value;
      throw invalid(path, `expected a whole number, 0 to ${MAX_UINT32}, found ${String(value)}`);
    case ScalarType.BOOL:
      if (typeof value === 'boolean') return value;
      throw invalid(path, `expected true or false, found ${kindOf(value)}`);
    case ScalarType.DOUBLE:
      if (Number.isFinite(value)) return value;
      throw invalid(path, `expected a finite number, found ${String(value)}`);
    default:
      return value;
  }
}
