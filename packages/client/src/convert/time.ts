import {
  type Duration,
  durationFromMs,
  durationMs,
  type Timestamp,
  timestampMs,
} from '@bufbuild/protobuf/wkt';
import { invalid } from './present.ts';

/** Milliseconds since the Unix epoch; the server sets every time that is not optional. */
export function moment(timestamp: Timestamp | undefined): number {
  return timestamp === undefined ? 0 : timestampMs(timestamp);
}

export function optionalMoment(timestamp: Timestamp | undefined): number | undefined {
  return timestamp === undefined ? undefined : timestampMs(timestamp);
}

export function milliseconds(duration: Duration | undefined): number {
  return duration === undefined ? 0 : durationMs(duration);
}

/** @throws BatonError `invalid_input` that names `field`, for a fraction or no number at all. */
export function duration(ms: number, field: string): Duration {
  if (Number.isSafeInteger(ms)) return durationFromMs(ms);
  throw invalid(field, `expected whole milliseconds, found ${ms}`);
}
