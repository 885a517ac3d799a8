import { AssignmentService, WorkflowService } from '@baton/proto';
import type { DescField, DescMessage, DescMethod } from '@bufbuild/protobuf';
import { fromJson, type JsonValue, toBinary } from '@bufbuild/protobuf';
import type { Random } from '../chaos/random.ts';
import { PROTOCOLS, type Sent } from './send.ts';

const METHODS: readonly DescMethod[] = [...WorkflowService.methods, ...AssignmentService.methods];

/** What the answers so far have told: values by the field that they came in. */
export type Seen = Map<string, string[]>;

const IDS = ['shop', 'ada', 'worker-1', 'b'];
const ODD: readonly JsonValue[] = [
  null,
  true,
  -1,
  0,
  1.5,
  2 ** 32,
  1e308,
  '',
  '\u0000',
  '\ud800',
  'a\udfff',
  '\u202e\ufeff',
  '__proto__',
  'NaN',
  'x'.repeat(257),
  'é'.repeat(70_000),
  '-1s',
  '1e9s',
  '9'.repeat(400),
  [],
  {},
  [null],
  { __proto: {} },
  { constructor: { prototype: 1 } },
  '2026-01-01T00:00:00Z',
  'eyJhIjoxfQ',
  '*'.repeat(300_000),
];

/** A request in every form that it can be sent in. */
export interface Logical {
  readonly sends: readonly Sent[];
}

export function generate(random: Random, seen: Seen): Logical {
  const method = random.pick(METHODS);
  const valid = message(random, seen, method.input, 0);
  let body: Buffer;
  let encoding: 'json' | 'proto' = 'json';
  const how = random.next();
  const value = how < 0.4 ? valid : mutate(random, method.input, valid);
  let text = JSON.stringify(value);
  if (how > 0.9) text = damage(random, text);
  body = Buffer.from(text);
  const binary = asBinary(method.input, value);
  if (binary !== undefined && random.chance(0.5)) {
    encoding = 'proto';
    body = how > 0.85 ? damageBytes(random, binary) : binary;
  }
  const reads = method.idempotency === 1;
  const streams = method.methodKind !== 'unary';
  const all = PROTOCOLS[encoding].filter(
    (one) => one !== 'get' || (reads && body.length < 6000 && !streams),
  );
  const first = random.pick(all);
  const rest = all.filter((one) => one !== first);
  const compression = random.pick(['identity', 'identity', 'gzip', 'br'] as const);
  return {
    sends: [first, ...(rest.length > 0 ? [random.pick(rest)] : [])].map((protocol) => ({
      method: `${method.parent.typeName}/${method.name}`,
      streams,
      reads,
      encoding,
      protocol,
      compression: protocol === 'grpc' ? 'identity' : compression,
      body: body.toString('base64'),
      timeoutMs: streams ? 40 : random.chance(0.02) ? 1 : 5000,
    })),
  };
}

function asBinary(schema: DescMessage, value: JsonValue): Buffer | undefined {
  try {
    return Buffer.from(toBinary(schema, fromJson(schema, value)));
  } catch {
    // Only JSON can say it.
    return undefined;
  }
}

function message(random: Random, seen: Seen, schema: DescMessage, depth: number): JsonValue {
  switch (schema.typeName) {
    case 'google.protobuf.Struct':
      return { request: 'a', summary: 'b', list: [1, { deep: null }] };
    case 'google.protobuf.Duration':
      return `${random.between(1, 3600)}s`;
    case 'google.protobuf.Timestamp':
      return '2030-01-01T00:00:00Z';
  }
  const found: { [name: string]: JsonValue } = {};
  for (const field of schema.fields) {
    const isPlain = field.fieldKind === 'scalar' && field.presence !== 1;
    const isWanted = isPlain || WANTED.has(field.jsonName);
    if (random.chance(isWanted ? 0.98 : depth === 0 ? 0.08 : 0.5)) {
      found[field.jsonName] = one(random, seen, field, depth);
    }
  }
  return found;
}

function one(random: Random, seen: Seen, field: DescField, depth: number): JsonValue {
  if (field.fieldKind === 'list') {
    if (field.message !== undefined) return [message(random, seen, field.message, depth + 1)];
    return seen.get('role') ?? ['product_manager'];
  }
  if (field.fieldKind === 'map') return {};
  if (field.fieldKind === 'message') return message(random, seen, field.message, depth + 1);
  if (field.fieldKind === 'enum') return 0;
  if (field.scalar === 8) return random.chance(0.5);
  if (field.scalar !== 9) return random.between(0, 5);
  const name = ALIASES[field.jsonName] ?? field.jsonName;
  if (name === 'buildId') return `b${random.between(0, 1e9)}`;
  const pool = seen.get(name);
  return pool !== undefined && random.chance(0.9) ? random.pick(pool) : random.pick(IDS);
}

/** Fields that methods mostly ask for, though the message can do without them. */
const WANTED = new Set([
  'requirements',
  'result',
  'lease',
  'roles',
  'questions',
  'messages',
  'approved',
]);

const ALIASES: Readonly<Record<string, string>> = {
  completedState: 'state',
  targetState: 'state',
  nextState: 'state',
  questionId: 'questionIds',
  pageToken: 'nextPageToken',
};

function mutate(random: Random, schema: DescMessage, valid: JsonValue): JsonValue {
  const copy = structuredClone(valid) as { [name: string]: JsonValue };
  const field = random.pick(schema.fields)?.jsonName ?? 'zz';
  switch (random.between(0, 4)) {
    case 0:
      delete copy[field];
      return copy;
    case 1:
      return { ...copy, unknownField: 1 };
    case 2: {
      let deep: JsonValue = 1;
      for (let i = random.pick([10, 65, 500, 3000]); i > 0; i--) deep = { a: deep };
      return { ...copy, [field]: deep };
    }
    default:
      return { ...copy, [field]: random.pick(ODD) };
  }
}

function damage(random: Random, text: string): string {
  const at = random.between(0, text.length);
  if (random.chance(0.3)) return text.slice(0, at);
  // The first field a second time.
  if (random.chance(0.3)) return text.replace(/^\{("[^"]*":[^,{}[\]]*),/, '{$1,$1,');
  return `${text.slice(0, at)}${random.pick(['"', '{', '\\ud800', '\u0000', ',', ']'])}${text.slice(at)}`;
}

function damageBytes(random: Random, bytes: Buffer): Buffer {
  if (random.chance(0.3)) {
    return Buffer.from(Array.from({ length: random.between(0, 60) }, () => random.between(0, 255)));
  }
  const copy = Buffer.from(bytes.subarray(0, random.between(0, bytes.length)));
  if (copy.length > 0) copy[random.between(0, copy.length - 1)] = random.between(0, 255);
  return copy;
}

/** Keeps what an answer tells, to be used in later requests. */
export function learn(seen: Seen, value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, said] of Object.entries(value)) {
    for (const text of Array.isArray(said) ? said : [said]) {
      if (typeof text !== 'string' || text.length > 200) learn(seen, text);
      else {
        const pool = seen.get(name) ?? [];
        if (!pool.includes(text)) seen.set(name, [...pool, text].slice(-6));
      }
    }
  }
}
