import type { JsonObject } from '@baton/core/api';

/** What a person asked for in words, and what else stands beside it. */
export interface RequestParts {
  readonly text: string | undefined;
  readonly others: JsonObject;
}

export function requestOf({ request, ...others }: JsonObject): RequestParts {
  if (typeof request === 'string' && request.trim() !== '') return { text: request.trim(), others };
  return { text: undefined, others: request === undefined ? others : { request, ...others } };
}

/** The fields to show beside the text, with the metadata; a field of the requirements that is called so keeps its place. */
export function fieldsOf(others: JsonObject, metadata: JsonObject): JsonObject {
  if (Object.keys(metadata).length === 0) return others;
  return Object.hasOwn(others, 'metadata')
    ? { requirements: others, metadata }
    : { ...others, metadata };
}

/** Lines and characters that say what a request is about. */
const LINES = 6;
const CHARACTERS = 400;

/** The beginning of a long text, cut between two words where there are any; undefined for a short one. */
export function beginningOf(text: string): string | undefined {
  const lines = text
    .split('\n', LINES + 1)
    .slice(0, LINES)
    .join('\n');
  if (lines.length === text.length && text.length <= CHARACTERS) return undefined;
  if (lines.length <= CHARACTERS) return lines.trimEnd();
  const cut = lines.slice(0, CHARACTERS);
  const words = cut.slice(0, cut.search(/\s\S*$/));
  const kept = words.length > CHARACTERS / 2 ? words : cut;
  // Not between the two halves of a character that JavaScript counts twice.
  return (kept.isWellFormed() ? kept : kept.slice(0, -1)).trimEnd();
}
