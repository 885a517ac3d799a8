import {
  type Assignment,
  BatonError,
  type JsonObject,
  type JsonValue,
  type Outcome,
  PROGRAM,
  type RoleAdapter,
  type RoleContext,
  type WorkspaceSnapshot,
} from '@baton/core';
import {
  canonicalJson,
  copyJsonObject,
  NO_ALLOWANCE,
  outcomeSchema,
  redactDeep,
} from '@baton/core/internal';
import { firstOf } from '../../process/excerpt.ts';

const EVIDENCE = 'evidence';
const CLAIM_CHARACTERS = 500;
const OBJECTION_CHARACTERS = 16 * 1024;

/** What an author says about a run that succeeded. */
export type AuthorVerdict =
  | {
      readonly kind: 'agrees';
      readonly words: JsonObject;
      readonly nextState: string | undefined;
    }
  | { readonly kind: 'objects'; readonly outcome: Exclude<Outcome, { kind: 'advance' }> };

/** @throws BatonError `invalid_input` when the author performs another role. */
export function checkAuthor(role: string, author: RoleAdapter | undefined): void {
  if (author === undefined || author.role === role) return;
  throw new BatonError(
    'invalid_input',
    `the author of role '${role}' has role '${author.role}', expected the same role`,
  );
}

/**
 * The principal of the role. With an author, the author's models perform it, for separation of duties and for
 * budgets; without one, its commands alone.
 */
export function principalOf(
  author: RoleAdapter | undefined,
): Pick<RoleAdapter, 'principal' | 'reserve'> {
  if (author === undefined) return { principal: PROGRAM, reserve: NO_ALLOWANCE };
  const { principal, reserve } = author;
  return {
    principal,
    reserve,
  };
}

/**
 * Asks the author about the assignment after a run that succeeded, with the measurements as a further input.
 * An author can add text and be stricter than the run. It cannot change measurements, and a failed run is not
 * shown to it.
 *
 * @throws BatonError `invalid_input` when it returns no valid outcome or changes files, which the run has not
 * judged.
 */
export async function askAuthor(
  author: RoleAdapter | undefined,
  assignment: Assignment,
  context: RoleContext,
  measured: object,
  files: WorkspaceSnapshot | undefined,
): Promise<AuthorVerdict> {
  if (author === undefined) return { kind: 'agrees', words: {}, nextState: undefined };
  // A command that could not be started left no files to compare with.
  const before = await (files ?? context.workspace)?.digest();
  const inputs = { ...assignment.inputs, measured: copyJsonObject(measured) };
  const asked = { ...assignment, inputs };
  const answer = outcomeSchema.safeParse(await author.perform(asked, context));
  if (!answer.success) {
    throw wrong(author, `answered no outcome: ${answer.error.issues[0]?.message}`);
  }
  if ((await context.workspace?.digest()) !== before) {
    throw wrong(author, 'changed files of the workspace after the run; expected words only');
  }
  // The text is truncated below, so mask it first.
  const outcome = redactDeep(context.redact ?? ((text) => text), answer.data);
  if (outcome.kind !== 'advance') return { kind: 'objects', outcome };
  return { kind: 'agrees', words: outcome.result, nextState: outcome.nextState };
}

/**
 * Reads an array of texts from the author's result; empty when it has none.
 *
 * @throws BatonError `invalid_input` for any other value of this member, which may hold an objection.
 */
export function textsOf(words: JsonObject, name: string): readonly string[] {
  const found = words[name];
  if (found === undefined) return [];
  if (Array.isArray(found) && found.every((one: JsonValue) => typeof one === 'string')) {
    return found as readonly string[];
  }
  throw new BatonError(
    'invalid_input',
    `the author's ${name} is ${JSON.stringify(found).slice(0, 200)}, expected an array of text`,
  );
}

/**
 * Sends the work back because the author objects, with its result as details. An author that is asked for a
 * verdict objects with anything but `true`: the text `"false"` is no approval.
 */
export function objection(reason: string, words: JsonObject): Outcome {
  const details = firstOf(JSON.stringify(words, null, 2), OBJECTION_CHARACTERS);
  return { kind: 'request_retry', reason, details };
}

/** Quotes a member of the author's result, for a reason. */
export function saying(name: string, value: JsonValue | undefined): string {
  return value === undefined ? `${name} is missing` : `${name} is ${shown(canonicalJson(value))}`;
}

/**
 * The outcome of a run that succeeded: the measurements replace what the author claims. A claim that differs
 * is noted as `claim_replaced`.
 */
export function advanceWith(
  { words, nextState }: Extract<AuthorVerdict, { kind: 'agrees' }>,
  measured: object,
  context: Pick<RoleContext, 'note'>,
): Outcome {
  const result = copyJsonObject({ ...words, ...measured });
  for (const name of Object.keys(measured)) {
    const claimed = words[name];
    // Evidence is no claim: an author has none.
    if (claimed === undefined || name === EVIDENCE) continue;
    const [said, found] = [claimed, result[name]].map((value) => canonicalJson(value));
    if (said === found) continue;
    const message = `${name} was claimed as ${shown(said)}, measured as ${shown(found)}`;
    context.note({ code: 'claim_replaced', message });
  }
  return { kind: 'advance', result, ...(nextState !== undefined && { nextState }) };
}

function shown(json = ''): string {
  return firstOf(json, CLAIM_CHARACTERS);
}

function wrong(author: RoleAdapter, problem: string): BatonError {
  return new BatonError('invalid_input', `the author of role '${author.role}' ${problem}`);
}
