import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import { type MessageRules, RULES } from './rules.ts';

/** What stands in a field that is no message of ours. */
export type Value =
  | 'text'
  | 'count'
  | 'large_count'
  | 'integer'
  | 'number'
  | 'truth'
  | 'payload'
  | 'moment'
  | 'milliseconds';

export type Kind = Value | MessagePlan;

const SAME: ReadonlySet<Kind> = new Set<Kind>([
  'text',
  'count',
  'integer',
  'number',
  'truth',
  'payload',
]);

/** Whether core has it as the message has it. */
export function isSame(kind: Kind): boolean {
  return SAME.has(kind);
}

export interface FieldPlan {
  /** Its name in the message. */
  readonly local: string;
  /** Its name in core's object. */
  readonly core: string;
  readonly many: 'one' | 'list' | 'map';
  readonly kind: Kind;
  /** What a field of one value has in the message where core's object has nothing. */
  readonly unset: unknown;
  readonly inlined: boolean;
  readonly absentWhenEmpty: boolean;
  /** The `kind` of object that does not have it. */
  readonly notOfKind: string | undefined;
}

/** How a kind of message is mapped. Made once. */
export interface MessagePlan {
  readonly typeName: string;
  readonly sparse: boolean;
  readonly fields: readonly FieldPlan[];
}

const SCALARS: Readonly<Partial<Record<ScalarType, Value>>> = {
  [ScalarType.STRING]: 'text',
  [ScalarType.UINT32]: 'count',
  [ScalarType.UINT64]: 'large_count',
  [ScalarType.SINT32]: 'integer',
  [ScalarType.DOUBLE]: 'number',
  [ScalarType.BOOL]: 'truth',
};

const UNSET: Readonly<Partial<Record<ScalarType, unknown>>> = {
  [ScalarType.STRING]: '',
  [ScalarType.UINT32]: 0,
  [ScalarType.UINT64]: 0n,
  [ScalarType.SINT32]: 0,
  [ScalarType.DOUBLE]: 0,
  [ScalarType.BOOL]: false,
};

const plans = new Map<string, MessagePlan>();

export function planOf(schema: DescMessage): MessagePlan {
  const known = plans.get(schema.typeName);
  if (known !== undefined) return known;
  const rules = RULES[schema.name] ?? {};
  const left = schema.fields.filter(({ localName }) => !rules.notInCore?.includes(localName));
  const plan: MessagePlan = {
    typeName: schema.typeName,
    sparse: rules.sparse ?? false,
    fields: left.map((field) => planField(field, rules)),
  };
  plans.set(schema.typeName, plan);
  return plan;
}

function planField(field: DescField, rules: MessageRules): FieldPlan {
  const { localName } = field;
  const core = coreName(field, rules);
  return {
    local: localName,
    core,
    many: field.fieldKind === 'list' || field.fieldKind === 'map' ? field.fieldKind : 'one',
    kind: kindOf(field),
    unset: unsetOf(field),
    inlined: rules.inlined?.includes(localName) ?? false,
    absentWhenEmpty: rules.absentWhenEmpty?.includes(localName) ?? false,
    notOfKind: rules.notOfKind?.[localName],
  };
}

/** Durations are numbers in core, and their names tell the unit. */
export function coreName(field: DescField, { names }: MessageRules): string {
  const renamed = names?.[field.localName];
  if (renamed !== undefined) return renamed;
  return isDuration(field) ? `${field.localName}Ms` : field.localName;
}

function kindOf(field: DescField): Kind {
  const { message, scalar } = field;
  if (message === undefined) {
    const kind = scalar && SCALARS[scalar];
    if (kind === undefined) throw new Error(`${field}: no rule for fields of its type`);
    return kind;
  }
  switch (message.typeName) {
    case 'google.protobuf.Struct':
      return 'payload';
    case 'google.protobuf.Timestamp':
      return 'moment';
    case 'google.protobuf.Duration':
      return 'milliseconds';
    default:
      return planOf(message);
  }
}

function isDuration({ message }: DescField): boolean {
  return message?.typeName === 'google.protobuf.Duration';
}

function unsetOf(field: DescField): unknown {
  if (field.presence === IMPLICIT && field.scalar !== undefined) return UNSET[field.scalar];
  return undefined;
}

/** `FeatureSet.FieldPresence.IMPLICIT`: without a value, the field has that of its type. */
const IMPLICIT = 2;
