import { ApiError } from './api-error.ts';
import { type Body, isObject } from './json-body.ts';

/** Google takes each name in either form: those that are metered are looked for in one. */
const NAMES: Readonly<Record<string, string>> = {
  generation_config: 'generationConfig',
  max_output_tokens: 'maxOutputTokens',
  candidate_count: 'candidateCount',
  cached_content: 'cachedContent',
};

/**
 * A request of Gemini's with what is metered under the names that Google's own libraries use.
 *
 * @throws ApiError 400 for one that has both names.
 */
export function withGeminiNames(body: Body): Body {
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => {
      const known = Object.hasOwn(NAMES, name) ? (NAMES[name] as string) : name;
      if (known !== name && known in body) {
        throw new ApiError(400, `the body has both ${name} and ${known}: expected one of them`);
      }
      const isConfig = known === 'generationConfig' && isObject(value);
      return [known, isConfig ? withGeminiNames(value) : value];
    }),
  );
}
