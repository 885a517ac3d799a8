import type { JsonValue } from '../model/json.ts';
import type { Outcome } from '../model/outcome.ts';

/** The outcome with every text in it masked, keys included, whatever its depth. */
export function redactOutcome(outcome: Outcome, redact: (text: string) => string): Outcome {
  return masked(outcome as unknown as JsonValue, redact) as unknown as Outcome;
}

function masked(value: JsonValue, redact: (text: string) => string): JsonValue {
  if (typeof value === 'string') return redact(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => masked(item, redact));
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [redact(key), masked(member, redact)]),
  );
}
