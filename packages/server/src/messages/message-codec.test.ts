import { AdvanceWorkflowRequestSchema, AssignmentSchema, WorkflowEventSchema } from '@baton/proto';
import {
  create,
  type DescMessage,
  fromBinary,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { describe, expect, it } from 'vitest';
import { Malformed } from './malformed.ts';
import { messageReader, messageWriter } from './message-codec.ts';
import { requestReader } from './request-reader.ts';

const payloads = {
  empty: {},
  scalars: {
    text: 'ünïcödé 🏃',
    blank: '',
    zero: 0,
    minus: -1.5,
    large: 2 ** 60,
    yes: true,
    no: false,
  },
  nulls: { nothing: null, list: [null, [null]] },
  nested: { a: { b: { c: [{ d: [] }, {}, [1, [2, [3]]]] } } },
  long: { text: 'x'.repeat(300), many: Array.from({ length: 200 }, (_, index) => ({ index })) },
  keys: { '': 1, 'ö ü': 2, constructor: 3, toString: 4 },
};

const messages = Object.entries(payloads).map(
  ([name, result]) =>
    [
      name,
      create(AdvanceWorkflowRequestSchema, {
        workflowId: 'w',
        role: 'r',
        completedState: 's',
        result,
        checkpoint: { commit: 'c', digest: 'd' },
        claimToken: 't',
      }),
    ] as const,
);

/** An object that holds an object, so often. */
function deep(levels: number): Record<string, never> {
  return levels === 0 ? {} : ({ a: deep(levels - 1) } as never);
}

function write<D extends DescMessage>(schema: D, message: MessageShape<D>): Uint8Array {
  return messageWriter(schema)(message);
}

describe('the codec of messages with a Struct', () => {
  it.each(messages)('reads what protobuf-es writes: %s', (_name, message) => {
    const bytes = toBinary(AdvanceWorkflowRequestSchema, message);
    expect(messageReader(AdvanceWorkflowRequestSchema)(bytes)).toEqual(message);
  });

  it.each(messages)('writes what protobuf-es reads: %s', (_name, message) => {
    const bytes = write(AdvanceWorkflowRequestSchema, message);
    expect(fromBinary(AdvanceWorkflowRequestSchema, bytes)).toEqual(message);
  });

  it('leaves Structs inside other messages and maps to protobuf-es', () => {
    const assignment = create(AssignmentSchema, {
      workflowId: 'w',
      requirements: { a: 1 },
      metadata: {},
      inputs: { discovery: { b: [2] }, planning: {} },
      outputSchema: { c: null },
      gates: { d: 'e' },
    });
    const bytes = write(AssignmentSchema, assignment);
    expect(fromBinary(AssignmentSchema, bytes)).toEqual(assignment);
    expect(messageReader(AssignmentSchema)(toBinary(AssignmentSchema, assignment))).toEqual(
      assignment,
    );
  });

  it('tells an empty Struct from none', () => {
    for (const data of [{}, undefined]) {
      const event = create(WorkflowEventSchema, { sequence: 1, ...(data && { data }) });
      expect(fromBinary(WorkflowEventSchema, write(WorkflowEventSchema, event)).data).toEqual(data);
      expect(messageReader(WorkflowEventSchema)(toBinary(WorkflowEventSchema, event))).toEqual(
        event,
      );
    }
  });

  it('merges a field that comes twice, and takes fields in any order', () => {
    const part = (result: Record<string, number>) =>
      toBinary(AdvanceWorkflowRequestSchema, create(AdvanceWorkflowRequestSchema, { result }));
    const named = (role: string) =>
      toBinary(AdvanceWorkflowRequestSchema, create(AdvanceWorkflowRequestSchema, { role }));
    const parts = [part({ a: 1, b: 1 }), named('first'), part({ b: 2, c: 3 }), named('r')];
    const message = requestReader(AdvanceWorkflowRequestSchema).proto(Buffer.concat(parts));
    expect(message).toMatchObject({ role: 'r', result: { a: 1, b: 2, c: 3 } });
  });

  it('refuses what is cut off, what is no UTF-8, what is nested too deep, and __proto__', () => {
    const read = (bytes: Uint8Array) => {
      const found = requestReader(AdvanceWorkflowRequestSchema).proto(bytes);
      if (found instanceof Malformed) throw found.error;
      return found;
    };
    const [, message] = messages[1] ?? [];
    if (message === undefined) throw new Error('no message');
    const whole = toBinary(AdvanceWorkflowRequestSchema, message);
    const cuts = Array.from({ length: whole.length - 1 }, (_, index) =>
      whole.subarray(0, index + 1),
    );
    const refused = cuts.filter((bytes) => {
      try {
        read(bytes);
        return false;
      } catch {
        return true;
      }
    });
    // What is left are the cuts between two fields.
    expect(cuts.length - refused.length).toBeLessThanOrEqual(6);
    const withKey = (key: Uint8Array) =>
      new BinaryWriter()
        .tag(4, WireType.LengthDelimited)
        .fork()
        .tag(1, WireType.LengthDelimited)
        .fork()
        .tag(1, WireType.LengthDelimited)
        .bytes(key)
        .join()
        .join()
        .finish();
    expect(read(withKey(Buffer.from('ok')))).toMatchObject({ result: { ok: null } });
    expect(() => read(withKey(Buffer.from([0xff])))).toThrow();
    expect(() => read(withKey(Buffer.from('__proto__')))).toThrow('__proto__');
    // The key is one byte longer than its entry; a field of the message follows.
    const overrun = Buffer.from([0x22, 5, 0x0a, 3, 0x0a, 2, 0x61, 0x12, 1, 0x72]);
    expect(() => read(overrun)).toThrow('after its message');
    const nested = (levels: number) => {
      const result = deep(levels);
      return write(AdvanceWorkflowRequestSchema, create(AdvanceWorkflowRequestSchema, { result }));
    };
    expect(() => read(nested(63))).not.toThrow();
    expect(() => read(nested(64))).toThrow('64 deep');
  });
});
