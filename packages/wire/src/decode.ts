import { type Duration, durationMs, type Timestamp, timestampMs } from '@bufbuild/protobuf/wkt';
import { invalidField } from './payload.ts';
import { type FieldPlan, isSame, type Kind, type MessagePlan } from './plan.ts';

type Members = Record<string, unknown>;

const NANOS_PER_MS = 1_000_000;
const NANOS_PER_SECOND = 1_000_000_000;

/**
 * A message as core's object. Whether a value is in range is for core to say.
 *
 * @throws BatonError `invalid_input` for a duration that is no whole number of milliseconds, with its path.
 */
export function decode(plan: MessagePlan, message: Members, path = ''): Members {
  const object: Members = {};
  for (const field of plan.fields) {
    if (field.notOfKind !== undefined && field.notOfKind === message['kind']) continue;
    const value = decodeField(field, message[field.local], path);
    if (field.inlined) Object.assign(object, value);
    else if (value !== undefined || !plan.sparse) object[field.core] = value;
  }
  return object;
}

function decodeField(field: FieldPlan, value: unknown, path: string): unknown {
  const { core, kind, many } = field;
  if (value === undefined || (field.absentWhenEmpty && isEmpty(value))) return undefined;
  if (isSame(kind)) return value;
  const here = path === '' ? core : `${path}.${core}`;
  if (many === 'one') return decodeValue(kind, value, here);
  if (many === 'list') {
    return (value as unknown[]).map((item, index) => decodeValue(kind, item, `${here}.${index}`));
  }
  const entries = Object.entries(value as Members);
  return Object.fromEntries(
    entries.map(([key, item]) => [key, decodeValue(kind, item, `${here}.${key}`)]),
  );
}

function decodeValue(kind: Kind, value: unknown, path: string): unknown {
  if (typeof kind !== 'string') return decode(kind, value as Members, path);
  switch (kind) {
    case 'large_count':
      return Number(value);
    case 'moment':
      return timestampMs(value as Timestamp);
    case 'milliseconds':
      return wholeMilliseconds(value as Duration, path);
    default:
      return value;
  }
}

function wholeMilliseconds(duration: Duration, path: string): number {
  const { seconds, nanos } = duration;
  if (
    Math.abs(nanos) >= NANOS_PER_SECOND ||
    (seconds > 0n && nanos < 0) ||
    (seconds < 0n && nanos > 0)
  ) {
    throw invalidField(path, `expected a duration, found ${seconds} s and ${nanos} nanoseconds`);
  }
  if (duration.nanos % NANOS_PER_MS === 0) return durationMs(duration);
  throw invalidField(path, `expected whole milliseconds, found ${duration.nanos} nanoseconds`);
}

function isEmpty(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === '';
}
