import { COMMENTS } from '@baton/proto/comments';
import { type DescEnum, type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';

/** A JSON Schema (2020-12), as OpenAPI 3.1 has it. */
export type Schema = Readonly<Record<string, unknown>>;

/** Requests are checked by the server, which refuses what it doesn't know; replies may get fields at any time. */
type Direction = 'request' | 'reply';

const DURATION = {
  type: 'string',
  pattern: '^-?\\d+(\\.\\d{1,9})?s$',
  examples: ['90s', '1.5s'],
} as const;

/** How the JSON mapping of protobuf writes its well-known types. */
const WELL_KNOWN: Readonly<Record<string, Schema>> = {
  'google.protobuf.Timestamp': { type: 'string', format: 'date-time' },
  'google.protobuf.Duration': DURATION,
  'google.protobuf.Struct': { type: 'object', additionalProperties: true },
  'google.protobuf.Value': {},
  'google.protobuf.ListValue': { type: 'array', items: {} },
};

const UINT32 = { type: 'integer', format: 'int64', minimum: 0, maximum: 0xffff_ffff } as const;
const INT32 = { type: 'integer', format: 'int32' } as const;
const INT64 = { type: 'string', pattern: '^-?\\d{1,19}$' } as const;
const UINT64 = { type: 'string', pattern: '^\\d{1,20}$' } as const;

const SCALARS: Readonly<Record<ScalarType, Schema>> = {
  [ScalarType.STRING]: { type: 'string' },
  [ScalarType.BOOL]: { type: 'boolean' },
  [ScalarType.DOUBLE]: { type: 'number', format: 'double' },
  [ScalarType.FLOAT]: { type: 'number', format: 'float' },
  [ScalarType.BYTES]: { type: 'string', contentEncoding: 'base64' },
  [ScalarType.INT32]: INT32,
  [ScalarType.SINT32]: INT32,
  [ScalarType.SFIXED32]: INT32,
  [ScalarType.UINT32]: UINT32,
  [ScalarType.FIXED32]: UINT32,
  [ScalarType.INT64]: INT64,
  [ScalarType.SINT64]: INT64,
  [ScalarType.SFIXED64]: INT64,
  [ScalarType.UINT64]: UINT64,
  [ScalarType.FIXED64]: UINT64,
};

/** The comment of the contract on a message, one of its fields or a method of a service. */
export function commentOf(...names: readonly string[]): string | undefined {
  return COMMENTS[names.join('.')];
}

/** Gathers the schemas that a document refers to. */
export interface SchemaBook {
  /** A reference to the schema of a message. */
  ref(message: DescMessage, direction: Direction): Schema;
  /** The schema of a request, without the fields that come elsewhere. */
  body(message: DescMessage, without: ReadonlySet<string>): Schema;
  /** Of a single field. */
  field(field: DescField, direction: Direction): Schema;
  /** Every schema that was referred to, by name. */
  all(): Readonly<Record<string, Schema>>;
}

export function createSchemaBook(): SchemaBook {
  const found = new Map<string, Schema>();
  const pending = new Set<string>();

  function ref(message: DescMessage, direction: Direction): Schema {
    const known = WELL_KNOWN[message.typeName];
    if (known !== undefined) return known;
    const name = nameOf(message, direction);
    if (!found.has(name) && !pending.has(name)) {
      pending.add(name);
      found.set(name, schemaOf(message, direction, NONE));
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  function schemaOf(
    message: DescMessage,
    direction: Direction,
    without: ReadonlySet<string>,
  ): Schema {
    const fields = message.fields.filter(({ name }) => !without.has(name));
    const required = fields.filter((one) => isRequired(one, direction));
    return {
      type: 'object',
      ...described(commentOf(message.name)),
      properties: Object.fromEntries(fields.map((one) => [one.jsonName, field(one, direction)])),
      ...(required.length > 0 && { required: required.map(({ jsonName }) => jsonName) }),
      ...(direction === 'request' && { additionalProperties: false }),
    };
  }

  function field(one: DescField, direction: Direction): Schema {
    const comment = described(commentOf(one.parent.name, one.name));
    switch (one.fieldKind) {
      case 'list':
        return { type: 'array', items: schemaOfValue(one, one.listKind, direction), ...comment };
      case 'map':
        return {
          type: 'object',
          additionalProperties: schemaOfValue(one, one.mapKind, direction),
          ...comment,
        };
      default:
        return { ...schemaOfValue(one, one.fieldKind, direction), ...comment };
    }
  }

  function schemaOfValue(
    { scalar, message, enum: values }: Pick<DescField, 'scalar' | 'message' | 'enum'>,
    kind: 'scalar' | 'enum' | 'message',
    direction: Direction,
  ): Schema {
    switch (kind) {
      case 'scalar':
        return SCALARS[scalar as ScalarType];
      case 'enum':
        return enumOf(values as DescEnum);
      case 'message':
        return ref(message as DescMessage, direction);
    }
  }

  return {
    ref,
    body: (message, without) => schemaOf(message, 'request', without),
    field,
    all: () => Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

const NONE: ReadonlySet<string> = new Set();

/** The same message is stricter in a request. */
function nameOf({ name }: DescMessage, direction: Direction): string {
  return direction === 'request' ? `${name}Input` : name;
}

function enumOf({ values }: DescEnum): Schema {
  return { type: 'string', enum: values.map(({ name }) => name) };
}

/**
 * Replies have every field that has no presence of its own, empty ones too. Of requests, texts that may not be left
 * out say so by having none: they are ids and reasons, and '' is neither.
 */
function isRequired(field: DescField, direction: Direction): boolean {
  if (field.presence === IMPLICIT && direction === 'reply') return true;
  return direction === 'request' && field.fieldKind === 'scalar' && isText(field);
}

function isText({ presence, scalar }: DescField & { fieldKind: 'scalar' }): boolean {
  return presence === IMPLICIT && scalar === ScalarType.STRING;
}

/** `FeatureSet.FieldPresence.IMPLICIT`. */
const IMPLICIT = 2;

function described(comment: string | undefined): Schema {
  return comment === undefined || comment === '' ? {} : { description: comment };
}
