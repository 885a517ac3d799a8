import type { BatonError } from '@baton/core';
import {
  AdvanceWorkflowRequestSchema,
  ClaimAssignmentRequestSchema,
  GetWorkflowStatusRequestSchema,
  StartWorkflowRequestSchema,
} from '@baton/proto';
import {
  create,
  type DescMessage,
  fromJson,
  type JsonValue,
  type Message,
  toBinary,
} from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { describe, expect, it } from 'vitest';
import { MAX_MESSAGE_BYTES, MESSAGE_LIMITS } from '../limits.ts';
import { Malformed } from './malformed.ts';
import { requestReader } from './request-reader.ts';

const { LengthDelimited, Varint } = WireType;

function json(schema: DescMessage, value: unknown) {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return requestReader(schema).json(Buffer.from(text));
}

function refused(read: Message | Malformed): BatonError {
  if (read instanceof Malformed) return read.error;
  throw new Error('expected a refusal');
}

/** Writes nested messages: a number for each that is entered, then the innermost field. */
function nested(numbers: readonly number[], write: (writer: BinaryWriter) => void): Uint8Array {
  const writer = new BinaryWriter();
  for (const number of numbers) writer.tag(number, LengthDelimited).fork();
  write(writer);
  for (const _ of numbers) writer.join();
  return writer.finish();
}

/** An entry of a map whose values are texts, or nothing at all. */
function entry(writer: BinaryWriter, key: string): void {
  writer.tag(1, LengthDelimited).fork().tag(1, LengthDelimited).string(key).join();
}

const start = StartWorkflowRequestSchema;
const status = GetWorkflowStatusRequestSchema;
const invalid = new Uint8Array([0xff, 0xfe]);

describe('a request', () => {
  it('is the same from both encodings', () => {
    const value = {
      workflowId: 'w',
      role: 'r',
      completedState: 's',
      result: { a: [1, null, { b: 'ü', c: [[], {}] }], d: -1.5e300, e: true, '': '' },
      checkpoint: { commit: 'c', digest: 'd' },
      expectedRevision: 7,
      usage: { requests: '12', cost: 0.5 },
      notes: [{ code: 'a', message: 'b' }, {}],
    };
    const schema = AdvanceWorkflowRequestSchema;
    const message = fromJson(schema, value);
    expect(json(schema, value)).toEqual(message);
    expect(requestReader(schema).proto(toBinary(schema, message))).toEqual(message);
    const budgets = {
      budgets: { phases: { testing: { tokens: '1' }, __proto__x: {} } },
      buildId: 'b',
    };
    const started = fromJson(start, { ...budgets, timeout: '1.5s' });
    expect(json(start, { ...budgets, timeout: '1.5s' })).toEqual(started);
    expect(requestReader(start).proto(toBinary(start, started))).toEqual(started);
  });

  it.each<[string, DescMessage, unknown, Uint8Array, string]>([
    [
      'an unknown field',
      status,
      { zz: 1 },
      nested([], (w) => w.tag(99, Varint).uint32(1)),
      '^(zz|)$',
    ],
    [
      'an unknown field of a field',
      start,
      { definition: { zz: 1 } },
      nested([6], (w) => w.tag(99, Varint).uint32(1)),
      '^definition(.zz)?$',
    ],
    [
      'a text that is none',
      start,
      { build_id: 5 },
      nested([], (w) => w.tag(2, LengthDelimited).bytes(invalid)),
      '^build_id$',
    ],
    [
      'a field of another kind',
      start,
      { maxRetries: 'many' },
      nested([], (w) => w.tag(8, LengthDelimited).string('many')),
      '^max_retries$',
    ],
    [
      'a member of a list',
      ClaimAssignmentRequestSchema,
      { roles: ['a', 5] },
      nested([], (w) =>
        w.tag(3, LengthDelimited).string('a').tag(3, LengthDelimited).bytes(invalid),
      ),
      '^roles.1$',
    ],
    [
      'a member of a list of messages',
      AdvanceWorkflowRequestSchema,
      { notes: [{ code: 'a' }, { code: 5 }] },
      Buffer.concat([
        nested([12], (w) => w.tag(1, LengthDelimited).string('a')),
        nested([12], (w) => w.tag(1, LengthDelimited).bytes(invalid)),
      ]),
      '^notes.1.code$',
    ],
    [
      'what a map holds',
      start,
      { budgets: { phases: { testing: { cost: 'x' } } } },
      nested([10, 4], (w) =>
        w
          .tag(1, LengthDelimited)
          .string('testing')
          .tag(2, LengthDelimited)
          .fork()
          .tag(2, Varint)
          .uint32(1)
          .join(),
      ),
      '^budgets.phases.testing.cost$',
    ],
    [
      'a name that comes twice in a map',
      start,
      '{"budgets": {"phases": {"testing": {}, "testing": {}}}}',
      nested([10], (w) => {
        for (const _ of [1, 2]) {
          w.tag(4, LengthDelimited).fork().tag(1, LengthDelimited).string('testing').join();
        }
      }),
      '^budgets.phases.testing$',
    ],
    [
      'a name that comes twice in a payload',
      start,
      '{"requirements": {"a": {"b": 1, "b": 2}}}',
      nested([4, 1], (w) => {
        w.tag(1, LengthDelimited)
          .string('a')
          .tag(2, LengthDelimited)
          .fork()
          .tag(5, LengthDelimited)
          .fork();
        entry(w, 'b');
        entry(w, 'b');
        w.join().join();
      }),
      '^requirements.a.b$',
    ],
    [
      'a payload that is nested too deep',
      start,
      `{"requirements": ${'{"a":'.repeat(65)}1${'}'.repeat(65)}}`,
      toBinary(start, create(start, { requirements: deep(65) })),
      `^requirements(.a){64}$`,
    ],
  ])('is refused with the path: %s', (_, schema, value, bytes, field) => {
    const refusals = [json(schema, value), requestReader(schema).proto(bytes)].map(refused);
    for (const { code, message, violations } of refusals) {
      expect(code).toBe('invalid_input');
      expect(message).toContain(`not a ${schema.typeName}: `);
      expect(violations).toHaveLength(1);
      expect(violations[0]?.field).toMatch(new RegExp(field));
    }
  });

  it('says every member that is wrong, and the fields there are', () => {
    const found = refused(json(start, { buildld: 'b', maxRetries: 'x', timeout: 5, metadata: [] }));
    const fields = found.violations.map(({ field }) => field);
    expect(fields).toEqual(['buildld', 'max_retries', 'timeout', 'metadata']);
    expect(found.legal).toContain('buildId');
    const twice = refused(json(start, { buildId: 'b', build_id: 'b' }));
    expect(twice.violations).toEqual([
      { field: 'build_id', description: 'given twice, as buildId and build_id' },
    ]);
  });

  it('takes numbers as text where they are decimal', () => {
    for (const text of ['7', '7.0', '70e-1', '0.7E1']) {
      expect(json(start, { maxRetries: text })).toMatchObject({ maxRetries: 7 });
    }
    for (const text of ['0x10', '0b11', '0o7', '+5', '007', '5.', '.5', '1_000', '']) {
      const description = expect.stringContaining(text);
      for (const [value, field] of [
        [{ maxRetries: text }, 'max_retries'],
        [{ max_retries: text }, 'max_retries'],
        [{ definition: { version: text } }, 'definition.version'],
        [{ budgets: { phases: { testing: { cost: text } } } }, 'budgets.phases.testing.cost'],
        [{ budgets: { tokens: text } }, 'budgets.tokens'],
      ] as const) {
        expect(refused(json(start, value)).violations).toEqual([{ field, description }]);
      }
    }
  });

  it.each<[string, unknown, Uint8Array]>([
    ['of one payload', { requirements: { a: list(MESSAGE_LIMITS.values) } }, payload()],
    ['in a list of texts', { roles: list(MESSAGE_LIMITS.values).map(String) }, texts()],
  ])('is refused for too many values %s, before anything is built', (_, value, bytes) => {
    const schema = 'roles' in (value as object) ? ClaimAssignmentRequestSchema : start;
    // What follows is no message: the reader has stopped.
    const broken = Buffer.concat([bytes, invalid]);
    for (const read of [
      json(schema, JSON.stringify(value).slice(0, -1)),
      requestReader(schema).proto(broken),
    ]) {
      expect(refused(read)).toMatchObject({
        code: 'limit_exceeded',
        message: expect.stringContaining('more than 12500 values'),
      });
    }
  });

  it('takes as many values as it may have, in both encodings', () => {
    // The request, the payload and the list are three.
    const value = { requirements: { a: list(MESSAGE_LIMITS.values - 3) } };
    const bytes = toBinary(start, fromJson(start, value as JsonValue));
    expect(json(start, value)).toEqual(requestReader(start).proto(bytes));
    expect(json(start, value)).not.toBeInstanceOf(Malformed);
    const more = { requirements: { a: list(MESSAGE_LIMITS.values - 2) } };
    expect(refused(json(start, more)).code).toBe('limit_exceeded');
    const moreBytes = toBinary(start, fromJson(start, more as JsonValue));
    expect(refused(requestReader(start).proto(moreBytes)).code).toBe('limit_exceeded');
  });

  it.each<[string, Uint8Array, string]>([
    [
      'kinds of one value',
      nested([4, 1, 2], (w) => times(MESSAGE_LIMITS.values, () => w.tag(4, Varint).bool(true))),
      'limit_exceeded',
    ],
    [
      'values without any kind',
      nested([4, 1, 2, 6], (w) =>
        times(MESSAGE_LIMITS.values, () => w.tag(1, LengthDelimited).bytes(new Uint8Array())),
      ),
      'limit_exceeded',
    ],
    [
      'keys of one entry',
      nested([4, 1], (w) => times(2, () => w.tag(1, LengthDelimited).string('a'))),
      'invalid_input',
    ],
    [
      'values of one entry',
      nested([4, 1], (w) => times(2, () => w.tag(2, LengthDelimited).string(''))),
      'invalid_input',
    ],
    [
      'texts for one field',
      nested([], (w) => times(MESSAGE_LIMITS.values, () => w.tag(1, LengthDelimited).string('a'))),
      'limit_exceeded',
    ],
  ])('is refused for more %s than a real client sends', (_, bytes, code) => {
    expect(refused(requestReader(start).proto(bytes)).code).toBe(code);
  });

  it('counts a field once', () => {
    const notes = list(8_000).map((index) => ({ code: `c${index}` }));
    const schema = AdvanceWorkflowRequestSchema;
    // A note and its code are two values: 16,000 are too many, and 12,000 are not.
    for (const [length, isTooMany] of [
      [8_000, true],
      [6_000, false],
    ] as const) {
      const value = { notes: notes.slice(0, length), workflowId: 'w' };
      const bytes = toBinary(schema, fromJson(schema, value));
      for (const read of [json(schema, value), requestReader(schema).proto(bytes)]) {
        expect(read instanceof Malformed).toBe(isTooMany);
      }
    }
  });

  it.each(['[', '{"a":', '[1,', '{"requirements":{"a":[', '9', ' ', '"\\u0041'])(
    'of 4 MiB of %j is refused as soon as anything is wrong',
    (piece) => {
      const text = piece.repeat(MAX_MESSAGE_BYTES / piece.length);
      expect(refused(json(start, text)).code).toMatch(/invalid_input|limit_exceeded/);
    },
  );

  it('is refused when it is larger than 4 MiB, whatever is in it', () => {
    const bytes = new Uint8Array(MAX_MESSAGE_BYTES + 1);
    for (const read of Object.values(requestReader(start))) {
      expect(refused(read(bytes)).code).toBe('limit_exceeded');
    }
  });
});

function times(count: number, write: () => void): void {
  for (let n = 0; n < count; n++) write();
}

function deep(levels: number): Record<string, never> {
  return levels === 0 ? {} : ({ a: deep(levels - 1) } as never);
}

function list(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}

function payload(): Uint8Array {
  return toBinary(start, create(start, { requirements: { a: list(MESSAGE_LIMITS.values) } }));
}

function texts(): Uint8Array {
  const roles = list(MESSAGE_LIMITS.values).map(String);
  return toBinary(ClaimAssignmentRequestSchema, create(ClaimAssignmentRequestSchema, { roles }));
}
