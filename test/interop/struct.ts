/** google.protobuf.Struct as protobufjs has it: a client of its own writes this much itself. */
export interface Struct {
  readonly fields: Readonly<Record<string, Value>>;
}

type Value =
  | { readonly nullValue: 'NULL_VALUE' }
  | { readonly numberValue: number }
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly structValue: Struct }
  | { readonly listValue: { readonly values: readonly Value[] } };

export function toStruct(data: object): Struct {
  const fields = Object.entries(data).map(([key, value]) => [key, toValue(value)]);
  return { fields: Object.fromEntries(fields) };
}

export function fromStruct({ fields }: Struct): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, fromValue(value)]));
}

function toValue(value: unknown): Value {
  if (value === null) return { nullValue: 'NULL_VALUE' };
  if (typeof value === 'number') return { numberValue: value };
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (Array.isArray(value)) return { listValue: { values: value.map(toValue) } };
  return { structValue: toStruct(value as object) };
}

function fromValue(value: Value): unknown {
  if ('numberValue' in value) return value.numberValue;
  if ('stringValue' in value) return value.stringValue;
  if ('boolValue' in value) return value.boolValue;
  if ('structValue' in value) return fromStruct(value.structValue);
  if ('listValue' in value) return value.listValue.values.map(fromValue);
  return null;
}
