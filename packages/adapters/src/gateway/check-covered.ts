import { ApiError } from './api-error.ts';
import { type Body, isObject, objectAt } from './json-body.ts';

const isGiven = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== false && value !== '';
/** Some servers take the number as a text, too. */
const isSeveral = (value: unknown): boolean => isGiven(value) && value !== 1;

/**
 * What no estimate covers: work that goes on behind the answer, several answers to one request, models that may
 * have other prices, and input that the provider keeps.
 */
const UNCOVERED: Readonly<Record<string, (value: unknown) => boolean>> = {
  background: isGiven,
  n: isSeveral,
  candidateCount: isSeveral,
  models: isGiven,
  previous_response_id: isGiven,
  conversation: isGiven,
  prompt: isObject,
  cachedContent: isGiven,
};

/** @throws ApiError 400 for what cannot be metered before it is sent. */
export function checkCovered(body: Body): void {
  for (const holder of [body, objectAt(body, 'generationConfig')]) {
    for (const [name, isUncovered] of Object.entries(UNCOVERED)) {
      if (isUncovered(holder[name])) throw uncovered(`${name} is ${shown(holder[name])}`);
    }
  }
  for (const part of partsOf(body)) {
    const found = referenceIn(part);
    if (found !== undefined) throw uncovered(`the request has ${found}`);
  }
}

function uncovered(what: string): ApiError {
  const message = `${what}: expected a request without it, for what it uses cannot be metered before`;
  return new ApiError(400, message);
}

const SHOWN = 100;

function shown(value: unknown): string {
  return JSON.stringify(value).slice(0, SHOWN).toWellFormed();
}

/** Where messages have their parts; tools and their arguments lie elsewhere. */
const HOLDERS = ['messages', 'input', 'contents', 'content', 'parts', 'system', 'output'] as const;

function* partsOf(holder: Body): Generator<Body> {
  for (const name of HOLDERS) {
    const found = holder[name];
    for (const part of Array.isArray(found) ? found : [found]) {
      if (!isObject(part)) continue;
      yield part;
      // What a model hands to a tool is data of the agent's, whatever it looks like.
      if (part['type'] !== 'tool_use') yield* partsOf(part);
    }
  }
}

/** Content that is not in the request, of which nothing tells how long it is; an image is of a known size. */
function referenceIn(part: Body): string | undefined {
  const { type, file_id: id, file_url: url } = part;
  switch (type) {
    case 'item_reference':
      return "an 'item_reference' (send the item itself, as with store: false)";
    case 'document': {
      const { type: kind } = objectAt(part, 'source');
      return kind === 'url' || kind === 'file' ? `a document by its ${kind}` : undefined;
    }
    case 'input_file':
      return isGiven(id) || isGiven(url) ? 'a file by its id or address' : undefined;
    case 'file':
      return isGiven(objectAt(part, 'file')['file_id']) ? 'a file by its id' : undefined;
  }
  for (const name of ['fileData', 'file_data']) {
    const { mimeType, mime_type: kind = mimeType } = objectAt(part, name);
    if (name in part && !String(kind).startsWith('image/')) return 'a file by its address';
  }
  return undefined;
}
