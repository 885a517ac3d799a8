import { BatonError, type JsonObject } from '@baton/core';
import {
  type CheckedOutcome,
  declaredPrincipalSchema,
  outcomeSchema,
  parseJson,
} from '@baton/core/internal';
import { z } from 'zod';
import { type AssignmentView, assignmentFingerprint } from './assignment-fingerprint.ts';

/** Version of the file format. Cassettes of other versions are refused. */
const CASSETTE_VERSION = 1;

const jsonObject = z.record(z.string(), z.json()) as z.ZodType<JsonObject>;

const view: z.ZodType<AssignmentView> = z.strictObject({
  definition: z.strictObject({ name: z.string(), version: z.int() }),
  state: z.string(),
  role: z.string(),
  requirements: jsonObject,
  inputs: jsonObject,
  feedback: z
    .strictObject({ reason: z.string(), fromState: z.string(), fromRole: z.string() })
    .nullable(),
  answers: z.array(z.strictObject({ question: z.string(), answer: z.string() })).exactOptional(),
  workspace: z.string().nullable(),
});

/** A file as a role left it, with the modes that git knows. */
const writtenFile = z.strictObject({
  /** 100644: file; 100755: executable; 120000: symbolic link, whose content is its target. */
  mode: z.enum(['100644', '100755', '120000']),
  encoding: z.enum(['utf8', 'base64']),
  content: z.string(),
});

const fileChange = z.union([writtenFile, z.strictObject({ deleted: z.literal(true) })]);

const entry = z.strictObject({
  role: z.string(),
  state: z.string(),
  fingerprint: z.string(),
  /** The epoch of its build; absent: the first. */
  epoch: z.int().min(1).optional(),
  /** The fingerprint's input, kept so that a divergence can be explained. */
  assignment: view,
  outcome: outcomeSchema as z.ZodType<CheckedOutcome>,
  /** Who answered, where the role declares it. */
  principal: declaredPrincipalSchema.optional(),
  /** What the role changed in the workspace, by path. */
  files: z.record(z.string(), fileChange),
});

const cassette = z.strictObject({
  version: z.literal(CASSETTE_VERSION),
  entries: z.array(entry),
});

export type WrittenFile = z.infer<typeof writtenFile>;
/** A file that the role wrote or deleted. */
export type FileChange = z.infer<typeof fileChange>;
/** One recorded answer: the assignment, the outcome and the changes to the workspace. */
export type CassetteEntry = z.infer<typeof entry>;

export function epochOf({ epoch = 1 }: CassetteEntry): number {
  return epoch;
}

/**
 * Parses the text of a cassette.
 *
 * @throws BatonError `invalid_input` for another version, `data_loss` for text that cannot be read.
 */
export function parseCassette(path: string, text: string): CassetteEntry[] {
  const { entries } = parseVersioned(path, text, cassette, CASSETTE_VERSION);
  for (const [index, { fingerprint, assignment }] of entries.entries()) {
    if (fingerprint !== assignmentFingerprint(assignment)) {
      throw corrupt(path, `entries.${index}: the fingerprint is not that of its assignment`);
    }
  }
  return entries;
}

/**
 * Parses the text of a file with a version.
 *
 * @throws BatonError `invalid_input` for another version, `data_loss` for text that cannot be read.
 */
export function parseVersioned<Document>(
  path: string,
  text: string,
  schema: z.ZodType<Document>,
  expected: number | string,
): Document {
  const document = parse(path, text);
  const version =
    typeof document === 'object' && document !== null && 'version' in document
      ? document.version
      : undefined;
  if (version !== undefined && version !== expected) {
    throw new BatonError(
      'invalid_input',
      `the cassette ${path} has format version ${JSON.stringify(version)}, expected ${expected}: record it again`,
    );
  }
  const parsed = schema.safeParse(document);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.map(String).join('.') || 'the document';
  throw corrupt(path, `${where}: ${issue?.message ?? 'wrong shape'}`, parsed.error);
}

export function formatCassette(entries: readonly CassetteEntry[]): string {
  return `${JSON.stringify({ version: CASSETTE_VERSION, entries }, undefined, 2)}\n`;
}

function parse(path: string, text: string): unknown {
  try {
    return parseJson(text);
  } catch (reason) {
    throw corrupt(path, `it is ${BatonError.from(reason).message}`);
  }
}

function corrupt(path: string, problem: string, cause?: unknown): BatonError {
  return new BatonError('data_loss', `the cassette ${path} cannot be read: ${problem}`, { cause });
}
