import { checkedPayload, checkedText, invalidField, isPlainObject, kindOf } from './payload.ts';
import type { FieldPlan, MessagePlan, Value } from './plan.ts';

const MAX_UINT32 = 0xffff_ffff;
const MAX_INT32 = 0x7fff_ffff;
const MIN_INT32 = -0x8000_0000;

/**
 * What a caller hands in must be what the wire can carry: protobuf would drop or change what does not
 * fit, or fail without saying where.
 *
 * @throws BatonError `invalid_input` that names the member, from each of these.
 */
export interface Check {
  members(plan: MessagePlan, object: unknown, path: string): void;
  shape(many: FieldPlan['many'], value: unknown, path: string): void;
  /** The value as it is put on the wire. */
  value(kind: Value, value: unknown, path: string): unknown;
}

export const strictly: Check = {
  members({ fields }, object, path) {
    if (!isPlainObject(object)) {
      throw invalidField(path, `expected an object, found ${kindOf(object)}`);
    }
    for (const name of Object.keys(object)) {
      if (object[name] === undefined || fields.some(({ core }) => core === name)) continue;
      throw invalidField(path === '' ? name : `${path}.${name}`, 'there is no such member');
    }
  },
  shape(many, value, path) {
    if (many === 'list' && !Array.isArray(value)) {
      throw invalidField(path, `expected an array, found ${kindOf(value)}`);
    }
    if (many !== 'map') return;
    if (!isPlainObject(value)) {
      throw invalidField(path, `expected an object, found ${kindOf(value)}`);
    }
    for (const key of Object.keys(value)) checkedText(key, path);
  },
  value(kind, value, path) {
    const refuse = (expected: string, found: string) =>
      invalidField(path, `expected ${expected}, found ${found}`);
    switch (kind) {
      case 'text':
        if (typeof value === 'string') return checkedText(value, path);
        throw refuse('text', kindOf(value));
      case 'count':
        if (isCount(value, MAX_UINT32)) return value;
        throw refuse(`a whole number, 0 to ${MAX_UINT32}`, String(value));
      case 'large_count':
        if (isCount(value, Number.MAX_SAFE_INTEGER)) return value;
        throw refuse(`a whole number, 0 to ${Number.MAX_SAFE_INTEGER}`, String(value));
      case 'integer':
        if (Number.isInteger(value) && value === ((value as number) | 0)) return value;
        throw refuse(`a whole number, ${MIN_INT32} to ${MAX_INT32}`, String(value));
      case 'truth':
        if (typeof value === 'boolean') return value;
        throw refuse('true or false', kindOf(value));
      case 'number':
        if (Number.isFinite(value)) return value;
        throw refuse('a finite number', String(value));
      case 'payload':
        return checkedPayload(value, path);
      case 'moment':
      case 'milliseconds':
        if (Number.isSafeInteger(value)) return value;
        throw refuse('whole milliseconds', String(value));
    }
  },
};

function isCount(value: unknown, most: number): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= most;
}
