import type { DescMessage } from '@bufbuild/protobuf';

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
