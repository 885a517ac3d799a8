import type { DescMessage, JsonObject, JsonValue } from '@bufbuild/protobuf';
import type { Random } from '../../chaos/random.ts';
import { oddValue } from './odd-values.ts';

type Fields = { [name: string]: JsonValue };

/** A message that is wrong, or at least odd, in one place. */
export function mutate(random: Random, schema: DescMessage, valid: JsonObject): JsonObject {
  const copy: Fields = { ...valid };
  const names = Object.keys(copy);
  // Mostly a field that the message has: what nearly succeeds reaches deepest.
  const field =
    names.length > 0 && random.chance(0.7)
      ? random.pick(names)
      : (random.pick(schema.fields)?.jsonName ?? 'zz');
  switch (random.between(0, 6)) {
    case 0:
      delete copy[field];
      return copy;
    case 1:
      return { ...copy, unknownField: 1 };
    case 2:
      return { ...copy, [field]: twisted(random, copy[field]) };
    case 3:
      return { ...copy, [field]: inside(random, copy[field]) };
    default:
      return { ...copy, [field]: oddValue(random) };
  }
}

/** A value that is nearly the right one. */
function twisted(random: Random, value: JsonValue | undefined): JsonValue {
  if (typeof value === 'number') return value + random.pick([-1, 1, 2 ** 31, 0.5]);
  if (typeof value === 'boolean') return !value;
  if (typeof value !== 'string') return oddValue(random);
  const at = random.between(0, value.length);
  return random.pick([
    `${value} `,
    value.toUpperCase(),
    value.slice(0, at),
    `${value.slice(0, at)}${random.pick(['\u0000', 'é', '/', '%', '"', '\ud800'])}${value.slice(at)}`,
  ]);
}

/** A member of a payload that is odd. */
function inside(random: Random, value: JsonValue | undefined): JsonValue {
  if (Array.isArray(value)) return [...value, oddValue(random)];
  if (typeof value !== 'object' || value === null) return oddValue(random);
  const name = random.pick([...Object.keys(value), 'reason', '__proto__', '']);
  return Object.fromEntries([...Object.entries(value), [name, oddValue(random)]]);
}

/** A text that is no JSON any more, or has a field twice. */
export function damageText(random: Random, text: string): string {
  const at = random.between(0, text.length);
  if (random.chance(0.3)) return text.slice(0, at);
  if (random.chance(0.3)) return text.replace(/^\{("[^"]*":[^,{}[\]]*),/, '{$1,$1,');
  return `${text.slice(0, at)}${random.pick(['"', '{', '\\ud800', '\u0000', ',', ']'])}${text.slice(at)}`;
}

/** Bytes that are cut off, changed in places, or random. */
export function damageBytes(random: Random, bytes: Buffer): Buffer {
  if (random.chance(0.3)) {
    return Buffer.from(Array.from({ length: random.between(0, 60) }, () => random.between(0, 255)));
  }
  const copy = Buffer.from(
    random.chance(0.5) ? bytes : bytes.subarray(0, random.between(0, bytes.length)),
  );
  for (let i = random.between(1, 4); i > 0 && copy.length > 0; i--) {
    copy[random.between(0, copy.length - 1)] = random.between(0, 255);
  }
  return copy;
}
