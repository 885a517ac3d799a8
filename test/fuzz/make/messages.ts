import type { DescField, DescMessage, JsonObject, JsonValue } from '@bufbuild/protobuf';
import type { Random } from '../../chaos/random.ts';

/** Values in the answers so far, by field name. */
export type Seen = Map<string, string[]>;

/** Makes a random message that fits its fields, mostly with values that the server knows. */
export function anyMessage(random: Random, seen: Seen, schema: DescMessage): JsonObject {
  return messageOf(random, seen, schema, 0);
}

const IDS = ['shop', 'ada', 'worker-1', 'b'];

function messageOf(random: Random, seen: Seen, schema: DescMessage, depth: number): JsonObject {
  const found: { [name: string]: JsonValue } = {};
  for (const field of schema.fields) {
    const isPlain = field.fieldKind === 'scalar' && field.presence !== 1;
    const isWanted = isPlain || WANTED.has(field.jsonName);
    if (random.chance(isWanted ? 0.98 : depth === 0 ? 0.08 : 0.5)) {
      found[field.jsonName] = fieldValue(random, seen, field, depth);
    }
  }
  return found;
}

function fieldValue(random: Random, seen: Seen, field: DescField, depth: number): JsonValue {
  if (field.fieldKind === 'list') {
    if (field.message !== undefined) return [memberOf(random, seen, field.message, depth)];
    return seen.get('role') ?? ['product_manager'];
  }
  if (field.fieldKind === 'map') {
    const value = field.mapKind === 'message' ? memberOf(random, seen, field.message, depth) : 'a';
    return random.chance(0.3) ? { [random.pick(['testing', 'a', '__proto__'])]: value } : {};
  }
  if (field.fieldKind === 'message') return memberOf(random, seen, field.message, depth);
  if (field.fieldKind === 'enum') return 0;
  if (field.scalar === 8) return random.chance(0.5);
  if (field.scalar !== 9) return random.between(0, 5);
  const name = ALIASES[field.jsonName] ?? field.jsonName;
  if (name === 'buildId') return `b${random.between(0, 1e9)}`;
  const pool = seen.get(name);
  return pool !== undefined && random.chance(0.9) ? random.pick(pool) : random.pick(IDS);
}

function memberOf(random: Random, seen: Seen, schema: DescMessage, depth: number): JsonValue {
  switch (schema.typeName) {
    case 'google.protobuf.Struct':
      return { request: 'a', summary: 'b', list: [1, { deep: null }] };
    case 'google.protobuf.Duration':
      return `${random.between(1, 3600)}s`;
    case 'google.protobuf.Timestamp':
      return '2030-01-01T00:00:00Z';
    default:
      return messageOf(random, seen, schema, depth + 1);
  }
}

/** Fields that methods mostly ask for, though the message can do without them. */
const WANTED = new Set([
  ...['requirements', 'result', 'lease', 'roles', 'questions', 'messages', 'approved'],
]);

const ALIASES: Readonly<Record<string, string>> = {
  completedState: 'state',
  targetState: 'state',
  nextState: 'state',
  questionId: 'questionIds',
  pageToken: 'nextPageToken',
};

/** Of each field, only what came last is kept. */
const MOST_KEPT = 6;

/** Keeps what an answer tells, to be used in later requests. */
export function learn(seen: Seen, value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, said] of Object.entries(value)) {
    for (const text of Array.isArray(said) ? said : [said]) {
      if (typeof text !== 'string' || text.length > 200) learn(seen, text);
      else {
        const pool = seen.get(name) ?? [];
        if (!pool.includes(text)) seen.set(name, [...pool, text].slice(-MOST_KEPT));
      }
    }
  }
}
