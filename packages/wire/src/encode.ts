import { durationFromMs, timestampFromMs } from '@bufbuild/protobuf/wkt';
import type { Check } from './check.ts';
import { type FieldPlan, isSame, type Kind, type MessagePlan, type Value } from './plan.ts';

type Members = Record<string, unknown>;

/**
 * Core's object as a message, with every field written out: `create` would only copy it.
 *
 * @param check of what a caller hands in; what core answers is right as it is.
 * @throws BatonError `invalid_input` that names the member, where it is checked.
 */
export function encode(plan: MessagePlan, object: Members, check?: Check, path = ''): Members {
  check?.members(plan, object, path);
  const message: Members = { $typeName: plan.typeName };
  for (const field of plan.fields) {
    message[field.local] = field.inlined
      ? encode(field.kind as MessagePlan, object)
      : encodeField(field, object[field.core], check, path);
  }
  return message;
}

function encodeField(
  { core, kind, many, unset }: FieldPlan,
  value: unknown,
  check: Check | undefined,
  path: string,
): unknown {
  const here = check === undefined ? '' : path === '' ? core : `${path}.${core}`;
  if (value === undefined) {
    // On the wire it would be 0 or false, as if the caller had said so; core refuses empty texts by itself.
    if (unset !== undefined && unset !== '') check?.value(kind as Value, value, here);
    return many === 'one' ? unset : many === 'list' ? [] : {};
  }
  check?.shape(many, value, here);
  const encodeOne = (item: unknown, at: string) => encodeValue(kind, item, check, at);
  if (many === 'one') return encodeOne(value, here);
  if (check === undefined && isSame(kind)) return value;
  if (many === 'list') {
    return (value as unknown[]).map((item, index) => encodeOne(item, `${here}.${index}`));
  }
  const entries = Object.entries(value as Members);
  return Object.fromEntries(entries.map(([key, item]) => [key, encodeOne(item, `${here}.${key}`)]));
}

/** The end of the year 9999, and 10,000 years: JSON has no later timestamp, and no longer duration. */
const LATEST_MS = 253_402_300_799_999;
const LONGEST_MS = 315_576_000_000_000;

function encodeValue(kind: Kind, value: unknown, check: Check | undefined, path: string): unknown {
  if (typeof kind !== 'string') return encode(kind, value as Members, check, path);
  const checked = check === undefined ? value : check.value(kind, value, path);
  switch (kind) {
    case 'large_count':
      return BigInt(checked as number);
    case 'moment':
      return timestampFromMs(Math.min(Math.round(checked as number), LATEST_MS));
    case 'milliseconds':
      return durationFromMs(Math.min(Math.round(checked as number), LONGEST_MS));
    default:
      return checked;
  }
}
