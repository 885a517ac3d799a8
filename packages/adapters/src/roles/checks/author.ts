import {
  type Assignment,
  BatonError,
  type JsonObject,
  type JsonValue,
  type Outcome,
  PROGRAM,
  type RoleAdapter,
  type RoleContext,
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

/** What an author makes of a run that went well. */
export type AuthorVerdict =
  | {
      readonly kind: 'agrees';
      readonly words: JsonObject;
      readonly nextState: string | undefined;
    }
  | { readonly kind: 'objects'; readonly outcome: Exclude<Outcome, { kind: 'advance' }> };

/** @throws BatonError `invalid_input` when the author plays another role. */
export function checkAuthor(role: string, author: RoleAdapter | undefined): void {
  if (author === undefined || author.role === role) return;
  throw new BatonError(
    'invalid_input',
    `the author of role '${role}' has role '${author.role}', expected the same role`,
  );
}

/**
 * Who the role is: one with an author is performed by the author's models, for separation of duties
 * and under a budget alike; one without, by its commands alone.
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
 * Asks the author about the assignment after a run that went well, with what was measured as a
 * further input. An author can add words and be stricter than the run; what was measured it cannot
 * change, and a run that failed it is not asked about.
 *
 * @throws BatonError `invalid_input` when it answers no outcome, or changes files: what was run
 * then speaks of other files.
 */
export async function askAuthor(
  author: RoleAdapter | undefined,
  assignment: Assignment,
  context: RoleContext,
  measured: object,
): Promise<AuthorVerdict> {
  if (author === undefined) return { kind: 'agrees', words: {}, nextState: undefined };
  const before = await context.workspace?.digest();
  const inputs = { ...assignment.inputs, measured: copyJsonObject(measured) };
  const asked = { ...assignment, inputs };
  const answer = outcomeSchema.safeParse(await author.perform(asked, context));
  if (!answer.success) {
    throw wrong(author, `answered no outcome: ${answer.error.issues[0]?.message}`);
  }
  if ((await context.workspace?.digest()) !== before) {
    throw wrong(author, 'changed files of the workspace after the run; expected words only');
  }
  // Its words are cut below.
  const outcome = redactDeep(context.redact ?? ((text) => text), answer.data);
  if (outcome.kind !== 'advance') return { kind: 'objects', outcome };
  return { kind: 'agrees', words: outcome.result, nextState: outcome.nextState };
}

/**
 * An array of text among the author's words; empty when there is none.
 *
 * @throws BatonError `invalid_input` for anything else under this name: it may hold an objection.
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
 * Sends the work back because of what the author says, its words as details. An author that is
 * asked for a verdict objects with everything but a plain yes: a `"false"` is no yes either.
 */
export function objection(reason: string, words: JsonObject): Outcome {
  const details = firstOf(JSON.stringify(words, null, 2), OBJECTION_CHARACTERS);
  return { kind: 'request_retry', reason, details };
}

/** An author's value for a member, for a reason. */
export function saying(name: string, value: JsonValue | undefined): string {
  return value === undefined ? `${name} is missing` : `${name} is ${shown(canonicalJson(value))}`;
}

/**
 * The outcome of a run that went well: the author's words under what was measured. What it claimed
 * otherwise is noted as `claim_replaced`.
 */
export function advanceWith(
  { words, nextState }: Extract<AuthorVerdict, { kind: 'agrees' }>,
  measured: object,
  context: Pick<RoleContext, 'note'>,
): Outcome {
  const result = copyJsonObject({ ...words, ...measured });
  for (const name of Object.keys(measured)) {
    const claimed = words[name];
    // Evidence is not a claim: an author has none.
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
