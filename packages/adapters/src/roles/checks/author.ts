import {
  type Assignment,
  BatonError,
  copyJsonObject,
  type JsonObject,
  type JsonValue,
  type Outcome,
  outcomeSchema,
  type RoleAdapter,
  type RoleContext,
} from '@baton/core';

/** What an author makes of a run that went well. */
export type Opinion =
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
 * Asks the author about the assignment, as it is, after a run that went well. An author can add
 * words and be stricter than the run; what was measured it cannot change, and a run that failed it
 * is not asked about.
 *
 * @throws BatonError `invalid_input` when it answers no outcome, or changes files: what was run
 * then speaks of other files.
 */
export async function askAuthor(
  author: RoleAdapter | undefined,
  assignment: Assignment,
  context: RoleContext,
): Promise<Opinion> {
  if (author === undefined) return { kind: 'agrees', words: {}, nextState: undefined };
  const before = await context.workspace?.digest();
  const answer = outcomeSchema.safeParse(await author.perform(assignment, context));
  if (!answer.success) {
    throw wrong(author, `answered no outcome: ${answer.error.issues[0]?.message}`);
  }
  if ((await context.workspace?.digest()) !== before) {
    throw wrong(author, 'changed files of the workspace after the run; expected words only');
  }
  const outcome = answer.data;
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

/** The outcome of a run that went well: the author's words under what was measured. */
export function advanceWith(
  { words, nextState }: Extract<Opinion, { kind: 'agrees' }>,
  measured: object,
): Outcome {
  const result = copyJsonObject({ ...words, ...measured });
  return { kind: 'advance', result, ...(nextState !== undefined && { nextState }) };
}

function wrong(author: RoleAdapter, problem: string): BatonError {
  return new BatonError('invalid_input', `the author of role '${author.role}' ${problem}`);
}
