import type { JsonValue } from '@bufbuild/protobuf';
import type { Random } from '../../chaos/random.ts';

const ODD: readonly JsonValue[] = [
  ...[null, true, -1, 0, 1.5, 2 ** 32, 2 ** 53, 1e308],
  ...['', ' ', '\u0000', '\ud800', 'a\udfff', '\u202e\ufeff', '\u{1f600}'],
  ...['__proto__', 'constructor', 'NaN', '../..', 'a/b', '%00', "'; --", '$where', '{{7*7}}'],
  ...['x'.repeat(257), '9'.repeat(400), '-1s', '1e9s', '315576000001s', '0.0000000001s'],
  ...['2026-01-01T00:00:00Z', '9999-12-31T23:59:60Z', 'eyJhIjoxfQ', '****'],
  ...[[], {}, [null], [[]], { __proto: {} }, { constructor: { prototype: 1 } }],
];

/** These cost much on both sides, so they are rare. */
const LARGE: readonly (() => JsonValue)[] = [
  () => 'é'.repeat(70_000),
  () => '*'.repeat(300_000),
  () => '\u0001'.repeat(30_000),
  () => Array.from({ length: 12_501 }, () => 0),
  () => Object.fromEntries(Array.from({ length: 3000 }, (_, at) => [`k${at}`, at])),
  () => nested(500),
  () => nested(3000),
  () => 'x'.repeat(4_300_000),
];

export function oddValue(random: Random): JsonValue {
  if (random.chance(0.004)) return random.pick(LARGE)();
  return random.chance(0.05) ? nested(random.pick([10, 63, 64, 65, 66])) : random.pick(ODD);
}

function nested(depth: number): JsonValue {
  let value: JsonValue = 1;
  for (let i = depth; i > 0; i--) value = i % 7 === 0 ? [value] : { a: value };
  return value;
}
