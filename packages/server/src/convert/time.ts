import { BatonError } from '@baton/core';
import {
  type Duration,
  durationFromMs,
  type Timestamp,
  timestampFromMs,
} from '@bufbuild/protobuf/wkt';

const NANOS_PER_MS = 1_000_000;

/** @param ms milliseconds since the Unix epoch. */
export function timestamp(ms: number): Timestamp {
  return timestampFromMs(Math.round(ms));
}

export function duration(ms: number): Duration {
  return durationFromMs(Math.round(ms));
}

/**
 * A duration as core counts it. Whether it is in range is for core to say.
 *
 * @throws BatonError `invalid_input` that names `field`, for a fraction of a millisecond.
 */
export function milliseconds(value: Duration, field: string): number {
  if (value.nanos % NANOS_PER_MS !== 0) {
    const description = `expected whole milliseconds, found ${value.nanos} nanoseconds`;
    throw invalid(field, description);
  }
  return Number(value.seconds) * 1000 + value.nanos / NANOS_PER_MS;
}

/** @throws BatonError `invalid_input` that names `field`, also when there is no value. */
export function requiredMilliseconds(value: Duration | undefined, field: string): number {
  if (value === undefined) throw invalid(field, 'expected a duration, found none');
  return milliseconds(value, field);
}

function invalid(field: string, description: string): BatonError {
  return new BatonError('invalid_input', `${field}: ${description}`, {
    violations: [{ field, description }],
  });
}
