import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';

/** What JSON has as a number, which the JSON mapping takes as text too. */
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
const NO_NUMBERS = new Set(['NaN', 'Infinity', '-Infinity']);

const NOT_NUMBERS = new Set([ScalarType.STRING, ScalarType.BYTES, ScalarType.BOOL]);
const FRACTIONS = new Set([ScalarType.DOUBLE, ScalarType.FLOAT]);

type Check = (value: unknown) => void;

/**
 * Refuses numbers that are text of JavaScript's and not of JSON's, such as "0x10": protobuf-es reads them, and
 * other clients of the same mapping do not.
 *
 * @throws Error about the text alone
 */
export function checkNumberText(schema: DescMessage, json: unknown): void {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return;
  const checks = checksOf(schema);
  if (checks.size === 0) return;
  for (const [name, value] of Object.entries(json)) checks.get(name)?.(value);
}

const known = new WeakMap<DescMessage, ReadonlyMap<string, Check>>();

/** By both names of a field, as the mapping reads both. */
function checksOf(schema: DescMessage): ReadonlyMap<string, Check> {
  const before = known.get(schema);
  if (before !== undefined) return before;
  const checks = new Map<string, Check>();
  known.set(schema, checks);
  for (const field of schema.fields) {
    const check = checkOf(field);
    if (check === undefined) continue;
    checks.set(field.name, check).set(field.jsonName, check);
  }
  return checks;
}

function checkOf(field: DescField): Check | undefined {
  const one = checkOfOne(field);
  if (one === undefined) return undefined;
  if (field.fieldKind !== 'list' && field.fieldKind !== 'map') return one;
  return (value) => {
    if (typeof value === 'object' && value !== null) Object.values(value).forEach(one);
  };
}

function checkOfOne({ message, scalar }: DescField): Check | undefined {
  if (message !== undefined) {
    // Well-known types have texts and numbers of their own kind.
    if (message.typeName.startsWith('google.protobuf.')) return undefined;
    return (value) => checkNumberText(message, value);
  }
  if (scalar === undefined || NOT_NUMBERS.has(scalar)) return undefined;
  const takesNoNumbers = FRACTIONS.has(scalar);
  return (value) => {
    if (typeof value !== 'string' || NUMBER.test(value)) return;
    if (takesNoNumbers && NO_NUMBERS.has(value)) return;
    throw new Error(`expected a decimal number, found '${value.slice(0, 40)}'`);
  };
}
