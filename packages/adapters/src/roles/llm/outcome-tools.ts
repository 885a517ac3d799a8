import { type Assignment, BatonError, type JsonObject, type Outcome } from '@baton/core';
import { claimableSchema, copyJsonObject, outcomeSchema } from '@baton/core/internal';
import { z } from 'zod';
import type { ToolDescription } from './model-call.ts';

/** The result of a call of an outcome tool. */
type OutcomeReading =
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  | { readonly kind: 'violations'; readonly violations: readonly string[] };

/** The tools with which a model ends its assignment. */
export interface OutcomeTools {
  readonly descriptions: readonly ToolDescription[];
  /** Whether `advance` takes the output as an argument `result`, for it is no object by its schema. */
  readonly wrapsResult: boolean;
  has(name: string): boolean;
  read(name: string, input: unknown): OutcomeReading;
}

const DESCRIPTIONS = {
  advance:
    'Ends the assignment: the work is done and meets the quality bar. The arguments are the output that is handed over.',
  request_retry:
    'Ends the assignment: the work goes back to the role before. `reason` says what must be done differently, `details` holds the raw material, such as failing output.',
  ask: 'Ends the assignment for now: a person must answer the questions first. Only for what neither the data nor a sensible assumption can settle.',
  fail: 'Ends the assignment: no role of this build can do it, and a person has to look.',
} as const satisfies Record<Outcome['kind'], string>;

export function outcomeTools({ outputSchema }: Pick<Assignment, 'outputSchema'>): OutcomeTools {
  const output = claimableSchema(outputSchema);
  // Providers only accept an object for arguments.
  const isObject = output['type'] === 'object';
  const advanceSchema: JsonObject = isObject
    ? output
    : { type: 'object', properties: { result: output }, required: ['result'] };
  const checkOutput = z.fromJSONSchema(output as Parameters<typeof z.fromJSONSchema>[0]);

  const others = outcomeSchema.options.flatMap((option) => {
    const kind = option.shape.kind.value;
    if (kind === 'advance') return [];
    const { kind: _, ...shape } = option.shape;
    return [[kind, z.strictObject(shape)] as const];
  });
  const descriptions = [
    { name: 'advance', description: DESCRIPTIONS.advance, inputSchema: advanceSchema },
    ...others.map(([kind, schema]) => ({
      name: kind,
      description: DESCRIPTIONS[kind],
      inputSchema: argumentsSchema(schema),
    })),
  ];

  function readAdvance(input: unknown): OutcomeReading {
    const wrapped = isObject ? input : memberOf(input, 'result');
    if (typeof wrapped !== 'object' || wrapped === null || Array.isArray(wrapped)) {
      return { kind: 'violations', violations: ['expected a JSON object'] };
    }
    const { evidence: _, ...result } = wrapped as JsonObject;
    const checked = checkOutput.safeParse(result);
    if (!checked.success) {
      return { kind: 'violations', violations: violationTexts(checked.error.issues) };
    }
    try {
      return { kind: 'outcome', outcome: { kind: 'advance', result: copyJsonObject(result) } };
    } catch (reason) {
      const { message, violations } = BatonError.from(reason);
      const { field = '' } = violations[0] ?? {};
      return { kind: 'violations', violations: [field === '' ? message : `${field}: ${message}`] };
    }
  }

  return {
    descriptions,
    wrapsResult: !isObject,
    has: (name) => Object.hasOwn(DESCRIPTIONS, name),
    read(name, input) {
      if (name === 'advance') return readAdvance(input);
      const schema = others.find(([kind]) => kind === name)?.[1] ?? z.never();
      const parsed = schema.safeParse(input);
      if (!parsed.success) {
        return { kind: 'violations', violations: violationTexts(parsed.error.issues) };
      }
      return { kind: 'outcome', outcome: outcomeSchema.parse({ kind: name, ...parsed.data }) };
    },
  };
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

type Issue = z.core.$ZodIssue;

/** Depth to which the choices of a union are explained. */
const MAX_DEPTH = 4;

/** Describes each issue in a sentence with the path of its field, so that a model can correct it. */
export function violationTexts(issues: readonly Issue[]): string[] {
  return [...new Set(issues.flatMap((issue) => textsOf(issue, [], 0)))];
}

function textsOf(issue: Issue, above: readonly PropertyKey[], depth: number): string[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'invalid_union' && issue.errors.length > 0 && depth < MAX_DEPTH) {
    // The choices with the fewest issues are the most similar ones and explain best what is missing.
    const least = Math.min(...issue.errors.map((choice) => choice.length));
    const nearest = issue.errors.filter((choice) => choice.length === least);
    const texts = nearest.map((choice) =>
      choice.flatMap((inner) => textsOf(inner, path, depth + 1)).join('; '),
    );
    return [[...new Set(texts)].join('; or ')];
  }
  const where = path.map(String).join('.');
  return [where === '' ? issue.message : `${where}: ${issue.message}`];
}

/** The JSON Schema of a tool's arguments, as models receive it. */
export function argumentsSchema(schema: z.ZodType): JsonObject {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest as unknown as JsonObject;
}
